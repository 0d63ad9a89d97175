/** A sentence, a list item or a short block of a text, trimmed; never an empty one. */
export function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  for (const block of text.split(/\n\s*\n|\n(?=\s*(?:[-*+#>|]|\d+[.)])\s?)/)) {
    for (const { segment } of segmenter.segment(block.replace(/\s*\n\s*/g, ' '))) {
      const sentence = segment.trim();
      if (/[\p{L}\p{N}]/u.test(sentence)) sentences.push(sentence);
    }
  }
  return sentences;
}

/** Unicode's rules for sentences (UAX 29); they do not depend on this machine's language. */
const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
