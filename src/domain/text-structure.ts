import type { TokenMap } from './ports.ts';

/** How good a place for a cut is; larger is better. 0 is no place at all. */
export const cutLevels = {
  /** Between two pieces of the token map. */
  piece: 1,
  /** A line of running text that goes on. */
  wrappedLine: 2,
  sentence: 3,
  /** A line of code or of a table. */
  line: 4,
  /** An item of a list, a blank line inside a code block, a method of a class. */
  innerBlock: 5,
  /** A paragraph, a whole code block, a function or class at the left margin. */
  block: 6,
  /** A Markdown heading. */
  section: 7,
} as const;

const { piece, wrappedLine, sentence, line, innerBlock, block, section } = cutLevels;

/** Longer lines are judged by their beginning. */
const lineHeadCharacters = 200;
const codeSampleLines = 200;
const codeLinesShare = 0.35;

const blankLine = /^\s*$/;
const fenceStart = /^[ \t]*(?:>[ \t]*)*(`{3,}(?=[^`]*$)|~{3,})/;
const atxHeading = /^ {0,3}#{1,6}(?:[ \t]|$)/;
const setextUnderline = /^ {0,3}(?:=+|-{2,})[ \t]*$/;
const listItem = /^[ \t]*(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
const tableRowOrIndented = /^(?: {4}|\t|[ \t]*\||\p{Lu}[\w ]{0,30}:\s)/u;
const definition =
  /^\s*(?:(?:export|default|public|private|protected|static|abstract|final|async|pub(?:\([a-z]+\))?|unsafe|override)\s+)*(?:function\b|class\s|def\s|fn\s|func\s|interface\s|struct\s|impl\b|enum\s|trait\s|namespace\s|module\s|type\s+\w|(?:const|let|var)\s+\w+\s*=\s*(?:async\s*)?(?:\(|function\b|\w+\s*=>)|CREATE\s)/;
const leadsToDefinition = /^\s*(?:\/\/|\/\*|\*|#|@|--\s|"""|''')/;
const codeLine =
  /[;{}()[\]:]\s*$|^\s*(?:import|from|def|class|function|const|let|var|return|package|fn|func|public|private|protected|static|#include)\b|^\s*[\w.[\]'"]+\s*(?:[-+*/|&:]?=)\s|^\s*(?:\/\/|\/\*|\*\/|#!)/;
// The look-ahead lets "e.g. this" and "v1.2 is" pass as one sentence.
const sentenceEnd = /[.!?…]['")\]*_]*\s+(?=[^\p{Ll}\s])|[。！？]/gu;

interface Mark {
  offset: number;
  level: number;
}

/**
 * For each piece of the map, how good a cut behind it is. A structural boundary inside a piece counts for the
 * piece boundary before it. Linear in the text.
 */
export function cutLevelsOf(text: string, map: TokenMap): Uint8Array {
  const levels = new Uint8Array(map.ends.length).fill(piece);
  raise(levels, map, lineMarks(text));
  raise(levels, map, sentenceMarks(text));
  return levels;
}

/** Marks come in rising order of their offsets. */
function raise(levels: Uint8Array, map: TokenMap, marks: Iterable<Mark>): void {
  let index = 0;
  for (const mark of marks) {
    while (index + 1 < map.ends.length && map.ends[index + 1]! <= mark.offset) index++;
    if (map.ends[index]! <= mark.offset && levels[index]! < mark.level) levels[index] = mark.level;
  }
}

function* sentenceMarks(text: string): Iterable<Mark> {
  for (const match of text.matchAll(sentenceEnd)) {
    yield { offset: match.index + match[0].length, level: sentence };
  }
}

/** One mark for the start of each line that is a place to cut. */
function lineMarks(text: string): Mark[] {
  const isCode = looksLikeCode(text);
  const marks: Mark[] = [];
  let fence: string | null = null;
  /** What a later line may raise: the paragraph a setext underline makes a heading, the comment above a function. */
  let paragraphMark: Mark | null = null;
  let leadMark: Mark | null = null;
  let afterBlank = false;
  let afterFence = false;

  for (const { offset, head } of linesOf(text)) {
    if (blankLine.test(head)) {
      afterBlank = true;
      paragraphMark = null;
      leadMark = null;
      continue;
    }
    const mark: Mark = { offset, level: wrappedLine };
    const inCode = fence !== null || isCode;

    if (fence !== null) {
      mark.level = afterBlank || isDefinition(head) ? innerBlock : line;
      if (closesFence(head, fence)) {
        fence = null;
        afterFence = true;
        mark.level = line;
        marks.push(mark);
        afterBlank = false;
        continue;
      }
    } else if (fenceStart.test(head)) {
      fence = fenceStart.exec(head)![1]!;
      mark.level = block;
    } else if (isCode) {
      mark.level = codeLevel(head, afterBlank);
    } else if (atxHeading.test(head)) {
      mark.level = section;
    } else if (paragraphMark !== null && setextUnderline.test(head)) {
      paragraphMark.level = section;
      mark.level = piece;
    } else if (afterBlank || afterFence) {
      mark.level = block;
    } else if (listItem.test(head)) {
      mark.level = innerBlock;
    } else if (tableRowOrIndented.test(head)) {
      mark.level = line;
    }

    if (inCode && leadMark !== null && isDefinition(head)) {
      // What stands directly above a function (its comment, its decorators) stays with it.
      leadMark.level = Math.max(leadMark.level, mark.level);
      mark.level = line;
    }
    const leads: boolean = inCode && leadsToDefinition.test(head);
    leadMark = leads ? (leadMark ?? mark) : null;
    const isPlainText: boolean = !inCode && fence === null && mark.level !== section;
    paragraphMark = isPlainText ? (paragraphMark ?? mark) : null;
    afterBlank = false;
    afterFence = false;
    marks.push(mark);
  }
  return marks;
}

function codeLevel(head: string, afterBlank: boolean): number {
  const atMargin = !/^\s/.test(head);
  if (isDefinition(head)) return atMargin ? block : innerBlock;
  if (afterBlank) return atMargin ? block : innerBlock;
  return line;
}

function isDefinition(head: string): boolean {
  return definition.test(head);
}

function closesFence(head: string, fence: string): boolean {
  const trimmed = head.replace(/^[>\s]+/, '').trimEnd();
  return trimmed.length >= fence.length && trimmed === fence[0]!.repeat(trimmed.length);
}

/** Code as a whole text: there `#` begins a comment and not a heading. Judged by its first lines. */
function looksLikeCode(text: string): boolean {
  let lines = 0;
  let codeLines = 0;
  for (const { head } of linesOf(text)) {
    if (blankLine.test(head)) continue;
    // A fence says Markdown, and what stands inside it says nothing about the rest.
    if (fenceStart.test(head)) return false;
    lines++;
    if (codeLine.test(head)) codeLines++;
    if (lines === codeSampleLines) break;
  }
  return lines > 1 && codeLines >= lines * codeLinesShare;
}

function* linesOf(text: string): Iterable<{ offset: number; head: string }> {
  for (let offset = 0; offset < text.length; ) {
    const lineFeed = text.indexOf('\n', offset);
    const end = lineFeed === -1 ? text.length : lineFeed;
    const head = text.slice(offset, Math.min(end, offset + lineHeadCharacters));
    yield { offset, head: head.endsWith('\r') ? head.slice(0, -1) : head };
    offset = end + 1;
  }
}
