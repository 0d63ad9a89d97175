const latinLetter = /\p{scx=Latin}/u;
const letters = /\p{L}/gu;

/**
 * Whether the model can read a text: two of three letters are Latin. It was trained on English; of other scripts its
 * vocabulary has single letters at best, so any two texts in one of them are alike to it, whatever they are about.
 */
export function isReadableByModel(text: string): boolean {
  let count = 0;
  let latin = 0;
  for (const [letter] of text.matchAll(letters)) {
    count++;
    if (latinLetter.test(letter)) latin++;
  }
  return latin * 3 >= count * 2;
}
