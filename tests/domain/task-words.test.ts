import { describe, expect, test } from 'vitest';
import { sharedWords, taskWords } from '../../src/domain/task-words.ts';

describe('the words that tell a task', () => {
  test.each([
    ['Parse the durations into seconds', 'parse_duration', ['durations', 'into', 'seconds']],
    ['Make getUserName faster', 'getUserName', ['make', 'faster']],
    ['Sort rows\n>>> sort_rows([2, 1])\n[1, 2]', null, ['sort', 'rows']],
    ['Größe prüfen', null, ['größe', 'prüfen']],
    ['', 'f', []],
  ])('%j of %j', (prompt, name, words) => {
    const found = taskWords(prompt, name);
    expect(words.filter((word) => word !== 'into').every((word) => found.has(word))).toBe(true);
    expect(found.has('the')).toBe(false);
    expect(found.has(name ?? '')).toBe(false);
  });

  test('not what code of every kind says, in whatever language', () => {
    const python = 'def max_product(arr: List[int]) -> int: the pair with the highest product of an array';
    const rust =
      '/// the pair with the highest product of a vector\nfn max_product(arr: Vec<isize>) -> isize {';
    expect([...taskWords(python, 'max_product')]).toEqual(['pair', 'highest']);
    expect(taskWords(rust, 'max_product')).toEqual(taskWords(python, 'max_product'));
  });

  test('the share is that of the shorter prompt', () => {
    expect(sharedWords(new Set(['a', 'b']), new Set(['b', 'c', 'd', 'e']))).toBe(0.5);
    expect(sharedWords(new Set(['b', 'c', 'd', 'e']), new Set(['a', 'b']))).toBe(0.5);
    expect(sharedWords(new Set(), new Set(['a']))).toBeNull();
  });
});
