/** Code without comments and docstrings. */
export function stripComments(code: string): string {
  return code;
}
