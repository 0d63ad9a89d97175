import { LtmcError } from '../errors.ts';

export function notReadable(what: string, cause?: unknown): LtmcError {
  return new LtmcError(
    'invalid_argument',
    `Expected the client's file to be ${what}; it is not. It was left as it is.`,
    'Repair the file, or add what `ltmc setup CLIENT --print` shows by hand.',
    { cause },
  );
}

export function notOurs(): LtmcError {
  return new LtmcError(
    'invalid_argument',
    'Expected no other server under the name "ltmc" in the client\'s file; there is one that starts something else. The file was left as it is.',
    'Rename that entry or take it out, then run this again.',
  );
}

export function cannotEdit(): LtmcError {
  return new LtmcError(
    'invalid_argument',
    "Expected the client's file to have its servers where an entry can be changed without touching anything else; it has not. It was left as it is.",
    'Change it by hand: `ltmc setup CLIENT --print` shows what belongs there.',
  );
}
