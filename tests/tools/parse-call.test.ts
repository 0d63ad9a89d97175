import { describe, expect, test } from 'vitest';
import { LtmcError } from '../../src/errors.ts';
import { limits } from '../../src/limits.ts';
import { tools } from '../../src/tools/index.ts';
import { exampleCall, parseCall } from '../../src/tools/parse-call.ts';

function toolNamed(name: string) {
  return tools.find((tool) => tool.name === name)!;
}

function parse(name: string, args: unknown) {
  return parseCall(toolNamed(name), args);
}

function refused(name: string, args: unknown): LtmcError {
  try {
    parse(name, args);
  } catch (error) {
    expect(error).toBeInstanceOf(LtmcError);
    return error as LtmcError;
  }
  throw new Error(`${name} accepted ${JSON.stringify(args)?.slice(0, 200)}`);
}

const memory = { file_name: 'a.md', content: 'text' };
const attempt = { input_prompt: 'task', generated_code: 'code', result: 'pass' };

describe('kind reading', () => {
  test.each([
    ['a whole number in a string', 'retrieve_memory', { query: 'q', top_k: ' 7 ' }, { top_k: 7 }],
    ['a list as JSON', 'store_memory', { ...memory, tags: '["a","b"]' }, { tags: ['a', 'b'] }],
    ['comma text for tags', 'store_memory', { ...memory, tags: 'a, b,' }, { tags: ['a', 'b'] }],
    ['one tag', 'store_memory', { ...memory, tags: 'a' }, { tags: ['a'] }],
    ['an object as JSON', 'store_memory', { ...memory, metadata: ' {"a":1}' }, { metadata: { a: 1 } }],
    ['enum letters', 'log_code_attempt', { ...attempt, result: ' PASS' }, { result: 'pass' }],
    [
      'ids in strings',
      'log_code_attempt',
      { ...attempt, used_pattern_ids: ['1', 2] },
      { used_pattern_ids: [1, 2] },
    ],
    [
      'ids as JSON',
      'log_code_attempt',
      { ...attempt, used_pattern_ids: '[1,"2"]' },
      { used_pattern_ids: [1, 2] },
    ],
    ['defaults', 'retrieve_memory', { query: 'q' }, { top_k: 3, max_tokens: 2000 }],
  ])('%s', (_, name, args, expected) => {
    expect(parse(name, args)).toMatchObject({ args: expected, notices: [] });
  });

  test.each([[null], [''], [[]], ['  '], ['[]']])('%j for an optional argument is not given', (nothing) => {
    expect(parse('store_memory', { ...memory, tags: nothing }).args).not.toHaveProperty('tags');
  });

  test.each([
    ['2025-03-01', '2025-03-01T00:00:00.000Z'],
    ['2025-03-01T12:30', '2025-03-01T12:30:00.000Z'],
    ['2025-03-01 12:30:15.250', '2025-03-01T12:30:15.250Z'],
    ['2025-03-01T12:30:15.123456+02:00', '2025-03-01T10:30:15.123Z'],
    ['2024-02-29T23:59:59-0530', '2024-03-01T05:29:59.000Z'],
  ])('created_at %s is %s', (text, utc) => {
    const { created_at } = parse('store_memory', { ...memory, created_at: text }).args as {
      created_at: { text: string; ms: number };
    };
    expect(created_at.text).toBe(text);
    expect(new Date(created_at.ms).toISOString()).toBe(utc);
  });
});

describe('refusals by name', () => {
  test.each([
    ['missing', 'retrieve_memory', {}, 'Expected query to be a text, got nothing.'],
    ['null', 'retrieve_memory', { query: null }, 'Expected query to be a text, got null.'],
    [
      'empty',
      'retrieve_memory',
      { query: '' },
      'Expected query to be a text that is not blank, got an empty text.',
    ],
    [
      'blank',
      'retrieve_memory',
      { query: ' \n' },
      'Expected query to be a text that is not blank, got 2 characters of white space.',
    ],
    ['a number for a text', 'retrieve_memory', { query: 5 }, 'Expected query to be a text, got 5.'],
    [
      'out of range',
      'retrieve_memory',
      { query: 'q', top_k: 51 },
      'Expected top_k to be a whole number from 1 to 50, got 51.',
    ],
    [
      'out of range in a string',
      'retrieve_memory',
      { query: 'q', top_k: '0' },
      'Expected top_k to be a whole number from 1 to 50, got 0.',
    ],
    [
      'a fraction',
      'retrieve_memory',
      { query: 'q', top_k: 2.5 },
      'Expected top_k to be a whole number from 1 to 50, got 2.5.',
    ],
    [
      'words for a number',
      'retrieve_memory',
      { query: 'q', top_k: 'many' },
      'Expected top_k to be a whole number from 1 to 50, got "many".',
    ],
    [
      'words for a truth',
      'store_memory',
      { ...memory, replace: 'yes' },
      'Expected replace to be true or false, got "yes".',
    ],
    [
      'no such choice',
      'log_code_attempt',
      { ...attempt, result: 'ok' },
      'Expected result to be one of "pass", "fail", "partial", got "ok".',
    ],
    ['a wrong item', 'store_memory', { ...memory, tags: ['a', 5] }, 'Expected tags[1] to be a text, got 5.'],
    [
      'a list for an object',
      'store_memory',
      { ...memory, metadata: [1] },
      'Expected metadata to be an object, got a list of 1.',
    ],
    [
      'broken JSON',
      'store_memory',
      { ...memory, metadata: '{"a":' },
      'Expected metadata to be an object, got "{\\"a\\":".',
    ],
    [
      'no id',
      'log_code_attempt',
      { ...attempt, used_pattern_ids: '1,2' },
      'Expected used_pattern_ids to be a list of whole numbers, got "1,2".',
    ],
    [
      'all projects in a write',
      'store_memory',
      { ...memory, project: '*' },
      'Expected project to be one project in a tool that writes, got "*", which means all of them.',
    ],
    [
      'a day that is none',
      'store_memory',
      { ...memory, created_at: '2025-02-30' },
      'Expected created_at to be an ISO 8601 time such as "2025-03-01T12:00:00Z", got "2025-02-30".',
    ],
    [
      'words for a time',
      'store_memory',
      { ...memory, created_at: 'yesterday' },
      'Expected created_at to be an ISO 8601 time such as "2025-03-01T12:00:00Z", got "yesterday".',
    ],
    ['a list', 'retrieve_memory', [1], 'Expected the arguments to be an object, got a list of 1.'],
    [
      'half a surrogate pair',
      'store_memory',
      { ...memory, content: 'ab\ud83d' },
      'Expected content to be well-formed Unicode, got half of a surrogate pair at UTF-16 offset 2.',
    ],
    [
      'half a pair in metadata',
      'store_memory',
      { ...memory, metadata: '{"a":["\\udc00"]}' },
      'Expected metadata to be well-formed Unicode, got half of a surrogate pair at UTF-16 offset 0.',
    ],
    [
      'half a pair in a key',
      'store_memory',
      { ...memory, metadata: { '\udc00': 1 } },
      'Expected metadata to be well-formed Unicode, got half of a surrogate pair at UTF-16 offset 0.',
    ],
  ])('%s', (_, name, args, message) => {
    const error = refused(name, args);
    expect({ code: error.code, message: error.message }).toEqual({ code: 'invalid_argument', message });
  });

  test.each([
    [
      'content',
      'store_memory',
      { ...memory, content: `${'é'.repeat(limits.contentBytesMaxTool / 2)}x` },
      '1,000,001 bytes',
    ],
    ['query', 'retrieve_memory', { query: 'x'.repeat(limits.queryCharactersMax + 1) }, '20,001 characters'],
    [
      'generated_code',
      'log_code_attempt',
      { ...attempt, generated_code: 'x'.repeat(limits.codeBytesMax + 1) },
      '262,145 bytes',
    ],
    [
      'file_name',
      'store_memory',
      { ...memory, file_name: 'x'.repeat(limits.nameCharactersMax + 1) },
      '1,001 characters',
    ],
    ['tags', 'store_memory', { ...memory, tags: Array.from({ length: limits.tagsMax + 1 }, String) }, '51'],
    [
      'tags[0]',
      'store_memory',
      { ...memory, tags: ['x'.repeat(limits.tagCharactersMax + 1)] },
      '101 characters',
    ],
    [
      'metadata',
      'store_memory',
      { ...memory, metadata: { a: 'x'.repeat(limits.metadataBytesMax) } },
      '16392 bytes',
    ],
  ])('too long: %s', (field, name, args, got) => {
    const error = refused(name, args);
    expect(error.code).toBe('too_large');
    expect(error.message).toContain(`Expected ${field} to be `);
    expect(error.message).toContain(`, got ${got}.`);
    expect(error.message.length).toBeLessThan(200);
  });

  test('just within the bounds is accepted', () => {
    const content = 'é'.repeat(limits.contentBytesMaxTool / 2);
    expect(parse('store_memory', { ...memory, content }).args.content).toBe(content);
    const query = 'x'.repeat(limits.queryCharactersMax);
    expect(parse('retrieve_memory', { query }).args.query).toBe(query);
  });

  test('an error text is never too long: its head and tail are kept', () => {
    const error_message = 'x'.repeat(limits.errorBytesMax * 3);
    expect(parse('log_code_attempt', { ...attempt, error_message }).args.error_message).toBe(error_message);
  });

  test('nesting without end is refused, not walked into', () => {
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    expect(refused('store_memory', { ...memory, metadata: deep }).code).toBe('too_large');
  });

  test('an empty list is told that one is needed', () => {
    expect(refused('store_context_links', { message_id: 1, chunk_ids: [] }).message).toBe(
      'Expected chunk_ids to be a list of whole numbers with at least 1, got an empty list.',
    );
    expect(refused('route_query', { query: 'q', source_types: '[]' }).message).toContain(
      'with at least 1, got an empty list.',
    );
  });

  test('several mistakes are told at once', () => {
    const { message } = refused('log_code_attempt', { result: 'ok', generated_code: '' });
    expect(message).toContain('Expected input_prompt to be a text, got nothing.');
    expect(message).toContain('Expected generated_code to be a text that is not blank');
    expect(message).toContain('Expected result to be one of');
  });
});

describe('unknown arguments', () => {
  test('a tool that reads ignores one and names the nearest real name', () => {
    expect(parse('retrieve_memory', { query: 'q', limit: 5 })).toEqual({
      args: { query: 'q', top_k: 3, max_tokens: 2000 },
      notices: ['Ignored the unknown argument "limit"; did you mean top_k?'],
    });
  });

  test('a tool that writes refuses it by name', () => {
    const error = refused('store_memory', { ...memory, filename: 'b.md' });
    expect(error.message).toBe('Expected only arguments that store_memory knows, got "filename".');
    expect(error.hint).toMatch(/^Did you mean file_name\? A valid call: \{/);
    expect(refused('log_code_attempt', { prompt: 'a', code: 'b', weather: 'c' }).hint).toMatch(
      /^Did you mean input_prompt, generated_code\? A valid call: \{/,
    );
  });

  test.each([
    ['topK', 'top_k'],
    ['includeWeak', 'include_weak'],
    ['resourcetype', 'resource_type'],
    ['querry', 'query'],
  ])('%s means %s', (unknown, real) => {
    const { notices } = parse('retrieve_memory', { query: 'q', [unknown]: 1 });
    expect(notices).toEqual([`Ignored the unknown argument "${unknown}"; did you mean ${real}?`]);
  });

  test.each([
    ['list_todos', {}, 'top_k', 'limit'],
    ['check_known_failures', { proposal: 'x' }, 'code', 'proposal'],
    ['get_context_links_for_message', { message_id: 1 }, 'offset', 'cursor'],
    ['analyze_code_patterns', {}, 'days', 'time_range_days'],
  ])('in %s %j the name %s means %s', (tool, args, unknown, real) => {
    const { notices } = parse(tool, { ...args, [unknown]: 1 });
    expect(notices).toEqual([`Ignored the unknown argument "${unknown}"; did you mean ${real}?`]);
  });

  test('objects in a list are read kindly, and what is wrong in one is named', () => {
    const documents = '[{"content":"a","score":"3","title":""}]';
    expect(parse('build_context', { documents }).args.documents).toEqual([{ content: 'a', score: 3 }]);
    expect(parse('route_query', { query: 'q', source_types: 'Chat, todo' }).args.source_types).toEqual([
      'chat',
      'todo',
    ]);
    expect(refused('build_context', { documents: [{ content: 'a' }, { content: 5 }] }).message).toBe(
      'Expected documents[1].content to be a text, got 5.',
    );
    expect(refused('build_context', { documents: 'a' }).message).toBe(
      'Expected documents to be a list of objects, got "a".',
    );
  });

  test('a refused call says what it ignored: the missing argument may be that one', () => {
    const { message, hint } = refused('retrieve_memory', { q: 'a question', colour: 'red' });
    expect(message).toBe('Expected query to be a text, got nothing.');
    expect(hint).toMatch(
      /^Ignored the unknown argument "q"; did you mean query\? Ignored the unknown argument "colour". A valid call: \{/,
    );
  });

  test('nothing near is not guessed', () => {
    expect(parse('retrieve_memory', { query: 'q', weather: 1 }).notices).toEqual([
      'Ignored the unknown argument "weather"',
    ]);
  });

  test('__proto__ is an unknown argument like any other', () => {
    const args = JSON.parse('{"query":"q","__proto__":{"top_k":9},"constructor":1}');
    const parsed = parse('retrieve_memory', args);
    expect(parsed.args.top_k).toBe(3);
    expect(parsed.notices).toHaveLength(2);
    expect(refused('store_memory', JSON.parse('{"__proto__":{}}')).message).toContain('"__proto__"');
    const { metadata } = parse('store_memory', { ...memory, metadata: '{"__proto__":{"x":1},"a":1}' }).args;
    expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

test('every tool takes a project and its example is a call that is accepted', () => {
  for (const tool of tools) {
    expect(tool.input.shape, tool.name).toHaveProperty('project');
    expect(() => parseCall(tool, exampleCall(tool).arguments), tool.name).not.toThrow();
  }
});
