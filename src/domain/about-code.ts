/** A failure of the environment and a flaky one say nothing about the code; a timeout does. */
export function isAboutCode(errorKind: string | null): boolean {
  return errorKind !== 'environment' && errorKind !== 'flaky';
}
