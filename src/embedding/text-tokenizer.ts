import { Tokenizer } from '@huggingface/tokenizers';
import { limits } from '../limits.ts';
import { detachedString } from './detached-string.ts';
import { shippedModel } from './model-files.ts';
import { isAsciiPunctuation, segments } from './token-boundaries.ts';

const classTokenId = 101;
const separatorTokenId = 102;
/** Greek capital sigma is the one character that is lowered by what stands around it. */
const sigma = 'Σ';
const specialToken = /\[(?:PAD|UNK|CLS|SEP|MASK)\]/;
/** Enough for the 254 ids that are read; the rest of a longer text is looked at only if it is not. */
const encodedSegmentCharacters = 2_048;

/** Part of a word: exact where both its ends are boundaries to the tokenizer, an upper bound elsewhere. */
export interface WordAtom {
  length: number;
  tokens: number;
}

/** The real tokenizer, with the limit of the model and a cache of what single words come to. */
export class TextTokenizer {
  readonly #tokenizer: Tokenizer;
  readonly #wordTokens = new Map<string, number>();

  /** @param tokenizerJson The parsed tokenizer.json; its own truncation and padding have no effect. */
  constructor(tokenizerJson: object) {
    this.#tokenizer = new Tokenizer({ ...tokenizerJson, truncation: null, padding: null }, {});
  }

  /** The ids the model reads: [CLS], at most 254 ids of the text, [SEP]. */
  encode(text: string): number[] {
    let ids = [classTokenId];
    for (const segment of segments(text, encodedSegmentCharacters)) {
      // Not spread into a call: a text without a safe boundary is one segment and may have a million ids.
      ids = ids.concat(this.#tokenizer.encode(segment, { add_special_tokens: false }).ids);
      if (ids.length >= shippedModel.idsMax) break;
    }
    ids.length = Math.min(ids.length, shippedModel.idsMax - 1);
    ids.push(separatorTokenId);
    return ids;
  }

  /** Exactly as many tokens as the whole text has, [CLS] and [SEP] not counted. */
  count(text: string): number {
    let tokens = 0;
    for (const word of text.split(/[\t\n\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/)) {
      if (word === '') continue;
      if (word.length <= limits.tokenPieceCharactersMax) tokens += this.countWord(word);
      else if (word.includes(sigma) || specialToken.test(word))
        tokens += this.#tokenizer.tokenize(word).length;
      else for (const [run] of word.matchAll(wordRuns)) tokens += this.#countRun(run);
    }
    return tokens;
  }

  /** Tokens of a text without white space. */
  countWord(word: string): number {
    const known = this.#wordTokens.get(word);
    if (known !== undefined) return known;
    const tokens = this.#countUnknown(word);
    if (this.#wordTokens.size >= limits.tokenCountCacheWordsMax) this.#wordTokens.clear();
    this.#wordTokens.set(detachedString(word), tokens);
    return tokens;
  }

  /** A word falls apart at its punctuation, and its parts are met again sooner than the whole is. */
  #countUnknown(word: string): number {
    const hasParts = word.length > 1 && asciiPunctuation.test(word);
    if (!hasParts || word.includes(sigma) || specialToken.test(word))
      return this.#tokenizer.tokenize(word).length;
    let tokens = 0;
    for (const [run] of word.matchAll(wordRuns)) tokens += this.#countRun(run);
    return tokens;
  }

  /**
   * A word in parts so that no run of parts, put together again, has more tokens than their sum. Between
   * punctuation and CJK characters the counts are exact. A longer run of anything else is cut hard, and counts
   * one token for each character that is left of it after normalising: a token always takes at least one.
   */
  *atoms(word: string): Generator<WordAtom> {
    const isExact = !word.includes(sigma);
    for (const [run] of word.matchAll(wordRuns)) {
      if (run.length <= limits.tokenPieceCharactersMax) {
        yield { length: run.length, tokens: isExact ? this.#countRun(run) : normalisedCharacters(run) };
        continue;
      }
      for (let start = 0; start < run.length; ) {
        const end = outsideSurrogatePair(run, Math.min(run.length, start + limits.tokenPieceCharactersMax));
        yield { length: end - start, tokens: normalisedCharacters(run.slice(start, end)) };
        start = end;
      }
    }
  }

  #countRun(run: string): number {
    if (run.length === 1 && isAsciiPunctuation(run.charCodeAt(0))) return 1;
    // Longer runs are rare and would only push words out of the cache.
    return run.length <= limits.tokenPieceCharactersMax
      ? this.countWord(run)
      : this.#tokenizer.tokenize(run).length;
  }
}

/** One ASCII punctuation mark, one CJK character, or a run of neither. */
const wordRuns =
  /[!-/:-@[-`{-~\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^!-/:-@[-`{-~\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+/g;

const asciiPunctuation = /[!-/:-@[-`{-~]/;

const ascii = /^[\0-\x7f]*$/;

/** Code points left when the tokenizer has normalised the text; the sum over parts is that of the whole. */
function normalisedCharacters(text: string): number {
  if (ascii.test(text)) return text.length;
  return [
    ...text
      .toLowerCase()
      .normalize('NFD')
      .replace(/\p{Mn}/gu, ''),
  ].length;
}

function outsideSurrogatePair(text: string, offset: number): number {
  const before = text.charCodeAt(offset - 1);
  const after = text.charCodeAt(offset);
  const splitsPair = before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
  return splitsPair ? offset + 1 : offset;
}
