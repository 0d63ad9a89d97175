/** As in the tools' answers: three digits tell two figures apart. */
export function threeDigits(figure: number): number {
  return Math.round(figure * 1000) / 1000;
}
