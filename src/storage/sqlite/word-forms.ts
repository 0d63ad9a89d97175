import { irregularForms } from '../../domain/irregular-forms.ts';
import type { LexicalStatistics } from '../../domain/ports.ts';
import { inverseFrequency } from '../../domain/ranking.ts';
import type { Database } from './database.ts';
import { lexicalStatistics, weightedWords } from './word-search.ts';

/** A word of a query that counts once, by the best of its forms. */
export interface WordInForms {
  forms: string[];
  /** How rare it is: its idf, by the most frequent of its forms. */
  weight: number;
}

/** The words of chat messages that can move a score, with the irregular forms that the index holds. */
export function wordsInForms(database: Database, lexical: LexicalStatistics): WordInForms[] {
  const { rows, wordRows } = lexical;
  const others = new Map(wordRows.map(({ word }) => [word, irregularForms(word)]));
  const asked = [...new Set([...others.values()].flat())];
  const held = asked.length === 0 ? [] : lexicalStatistics(database, 'MessageWords', asked).wordRows;
  const rowsOf = new Map(held.filter((form) => form.rows > 0).map((form) => [form.word, form.rows]));
  const weighted = new Set(weightedWords(lexical).map(({ word }) => word));
  return wordRows.flatMap(({ word, rows: own }) => {
    const forms = (others.get(word) ?? []).filter((form) => rowsOf.has(form));
    if (!weighted.has(word) && (own > 0 || forms.length === 0)) return [];
    const most = Math.max(own, ...forms.map((form) => rowsOf.get(form) as number));
    return [{ forms: [word, ...forms], weight: inverseFrequency(rows, most) }];
  });
}
