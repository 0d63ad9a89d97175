import { LtmcError } from '../../errors.ts';

/** Ends the demo where an answer is not what it has to be: what was expected, and what came. */
export function expectAnswer(holds: boolean, expected: string, got: unknown): void {
  if (holds) return;
  throw new LtmcError(
    'internal_error',
    `The demo failed. Expected ${expected}; got ${JSON.stringify(got, null, 2)}.`,
    'This is a defect of LTMC or of its installation: please report it with what is printed above.',
  );
}
