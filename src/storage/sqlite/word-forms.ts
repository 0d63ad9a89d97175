import type { LexicalStatistics, SearchInput } from '../../domain/ports.ts';
import type { Database } from './database.ts';
import { lexicalStatistics, weightedWords } from './word-search.ts';

/** A word of a query that counts once, by the best of its forms. */
export interface WordInForms {
  forms: string[];
  /** How rare it is: its idf, by the most frequent of its forms. */
  weight: number;
}

/** The words of chat messages that can move a score, with those of their other forms that are in some rows, and not in too many. */
export function wordsInForms(
  database: Database,
  { otherForms }: SearchInput,
  lexical: LexicalStatistics,
): WordInForms[] {
  const { rows, wordRows } = lexical;
  const asked = [...new Set(wordRows.flatMap(({ word }) => otherForms?.get(word) ?? []))];
  const held = asked.length === 0 ? [] : lexicalStatistics(database, 'MessageWords', asked).wordRows;
  const rowsOf = new Map(held.filter((form) => form.rows > 0).map((form) => [form.word, form.rows]));
  const weighted = new Set(weightedWords(lexical).map(({ word }) => word));
  return wordRows.flatMap(({ word, rows: own }) => {
    const forms = (otherForms?.get(word) ?? []).filter((form) => rowsOf.has(form));
    if (!weighted.has(word) && (own > 0 || forms.length === 0)) return [];
    const most = Math.max(own, ...forms.map((form) => rowsOf.get(form) as number));
    return [{ forms: [word, ...forms], weight: inverseFrequency(rows, most) }];
  });
}

/** As FTS5 has it. */
function inverseFrequency(rows: number, rowsWithWord: number): number {
  const rowsWithout = Math.max(0, rows - rowsWithWord);
  return Math.max(1e-6, Math.log((rowsWithout + 0.5) / (rowsWithWord + 0.5)));
}
