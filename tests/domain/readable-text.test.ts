import { expect, test } from 'vitest';
import { isReadableByModel } from '../../src/domain/readable-text.ts';

test.each<[text: string, expected: boolean]>([
  ['which database did we choose?', true],
  ['Größe, Übersetzung, cœur, żółw', true],
  ['const 名前 = loadName(user)', true],
  ['', true],
  ['404 -> 200 👍', true],
  ['どのデータベースを選びましたか', false],
  ['なぜSQLiteを選びましたか', false],
  ['为什么选择SQLite', false],
  ['Какую базу данных мы выбрали?', false],
  ['أي قاعدة بيانات اخترنا؟', false],
  ['회의실 예약', false],
])('%j: %s', (text, expected) => {
  expect(isReadableByModel(text)).toBe(expected);
});
