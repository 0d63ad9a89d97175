import { limits } from '../limits.ts';
import { type ErrorFacts, readErrorFacts } from './error-facts.ts';
import { normaliseMessage } from './error-normalising.ts';

/**
 * A short line that is the same for the same failure on another day and another machine, at most
 * `limits.errorSignatureCharactersMax` characters: `kind: code; tests; frame`. Paths, numbers and addresses are
 * taken out. Where neither a test nor a place in the project is named, the message stands in. null for no error.
 */
export function errorSignature(errorText: string | null): string | null {
  if (errorText === null || errorText.trim() === '') return null;
  const facts = readErrorFacts(errorText);
  const parts = [
    facts.codes.join(' '),
    facts.tests.map((test) => `test ${test}`).join(', '),
    facts.frame === null ? '' : `at ${facts.frame}`,
  ];
  if (facts.tests.length === 0 && facts.frame === null) parts.push(facts.message);
  const text = parts.filter((part) => part !== '').join('; ');
  const signature = `${kindOf(facts)}: ${text === '' ? normaliseMessage(errorText.trim()) : text}`;
  return cutAt(signature, limits.errorSignatureCharactersMax);
}

/** The failing tests that a signature of errorSignature names, normalised as they are there. */
export function testsOfSignature(signature: string | null): string[] {
  if (signature === null) return [];
  return [...signature.matchAll(/(?:^|[;,:] )test ([^;,]{1,200})/g)].map((found) => found[1]!.trim());
}

function kindOf(facts: ErrorFacts): string {
  if (facts.tests.length > 0) return 'test';
  return facts.kind ?? 'error';
}

function cutAt(text: string, charactersMax: number): string {
  return text.length <= charactersMax ? text : text.slice(0, charactersMax).replace(/[\ud800-\udbff]$/, '');
}
