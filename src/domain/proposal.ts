import { stripComments } from './code-identity.ts';
import { readErrorFacts } from './error-facts.ts';

/** What was handed over to be checked: code about to be written, a plan in words, or an error text. */
export interface Proposal {
  /** Each may be the code that is proposed: the whole text, and the fenced blocks in it together and one by one. */
  codes: string[];
  isCode: boolean;
}

/** Of more fenced blocks than this, only all of them together are looked at. */
const blocksMax = 8;
const fencedBlock = /^[ \t]*(`{3,}|~{3,})[^\n`]*\n([\s\S]*?)^[ \t]*\1[ \t]*$/gm;
/** Prose has less than this share of brackets and operators among its characters, code more: measured on both. */
const codeMarksShareMin = 0.06;
const codeMarks = /[(){}[\];=<>_+*/&|]/g;

export function readProposal(text: string): Proposal {
  const blocks = [...text.matchAll(fencedBlock)].map((found) => found[2] ?? '');
  if (blocks.length === 0) return { codes: [text], isCode: looksLikeCode(text) };
  const fenced = blocks.join('\n');
  const single = blocks.length > 1 && blocks.length <= blocksMax ? blocks : [];
  // Mostly words with an example in between is a plan.
  const isCode = fenced.length * 2 >= text.length && looksLikeCode(fenced);
  return { codes: [fenced, ...single].filter((code) => code.trim() !== ''), isCode };
}

function looksLikeCode(text: string): boolean {
  const { kind, tests } = readErrorFacts(text);
  if (kind !== null || tests.length > 0) return false;
  const bare = stripComments(text).replace(/\s+/g, '');
  return (bare.match(codeMarks)?.length ?? 0) >= codeMarksShareMin * Math.max(1, bare.length);
}
