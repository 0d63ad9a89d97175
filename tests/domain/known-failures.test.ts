import { afterAll, describe, expect, test } from 'vitest';
import type { LogAttemptInput } from '../../src/domain/code-patterns.ts';
import type { CheckInput, KnownFailuresResult } from '../../src/domain/known-failures.ts';
import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';
import { realWorker } from '../embedding/worker-files.ts';
import { alone, newAttempt } from '../storage/made-rows.ts';
import { missingModel } from './opened-memories.ts';
import { loggedAttempt, type OpenedPatterns, openedPatterns } from './opened-patterns.ts';

// Loading the model takes longer than these tests.
const embedder = new OnnxEmbedder({ workerFile: realWorker });
afterAll(() => embedder.close());

const broken = [
  'def page_of(rows, page, size):',
  '    begin = page * size',
  '    end = begin + size - 1',
  '    found = rows[begin:end]',
  '    return found, len(rows) / size',
].join('\n');
const repaired = [
  'def page_of(rows, page, size):',
  '    begin = (page - 1) * size',
  '    found = rows[begin : begin + size]',
  '    pages = -(-len(rows) // size)',
  '    return found, pages',
].join('\n');
const failure: Partial<LogAttemptInput> = {
  inputPrompt: 'Cut a list of rows into numbered pages',
  generatedCode: broken,
  functionName: 'page_of',
  fileName: 'src/pages.py',
  errorMessage: "AssertionError: assert [1, 2] == [1, 2, 3]\n  File 'src/pages.py', line 3, in page_of",
  lesson: 'A slice ends before its end.',
};

function check({ knownFailures }: OpenedPatterns, proposal: string, more: Partial<CheckInput> = {}) {
  return knownFailures.check({
    scope: { project: 'shop' },
    proposal,
    topK: 5,
    tokensMax: 2_000,
    ...more,
  });
}

function matches({ failures }: KnownFailuresResult): [match: string, patternId: number][] {
  return failures.map(({ match, record }) => [match, record.patternId]);
}

describe('same_code', () => {
  test.each([
    ['as it was', broken],
    ['with other comments and white space', `# try again\n${broken.replaceAll('    ', '\t')}\n\n`],
    ['in Markdown fences', `I would write this:\n\n\`\`\`python\n${broken}\n\`\`\`\nWhat do you think?`],
    ['as one of two fenced blocks', `\`\`\`\nimport os\n\`\`\`\nand\n\`\`\`python\n${broken}\n\`\`\``],
  ])('%s', async (_, proposal) => {
    const opened = await openedPatterns(embedder);
    const first = await opened.patterns.log(loggedAttempt(failure));
    const again = await opened.patterns.log(loggedAttempt(failure));
    const { failures } = await check(opened, proposal);
    expect(failures).toMatchObject([
      { match: 'same_code', record: { patternId: again.patternId, lesson: failure.lesson }, failedTimes: 2 },
    ]);
    expect(failures[0]?.fixedBy).toBeUndefined();
    expect(first.patternId).toBeLessThan(again.patternId);
  });

  test('still warns where the failure was repaired, and says by what', async () => {
    const opened = await openedPatterns(embedder);
    await opened.patterns.log(loggedAttempt(failure));
    const repair = await opened.patterns.log(
      loggedAttempt({ ...failure, generatedCode: repaired, result: 'pass', errorMessage: null }),
    );
    expect((await check(opened, broken)).failures).toMatchObject([
      { match: 'same_code', fixedBy: { patternId: repair.patternId, basis: 'same_function' } },
    ]);
    expect(await check(opened, repaired)).toEqual({ failures: [] });
  });

  test.each(['environment', 'timeout', 'flaky'] as const)(
    'a failure of kind %s never warns',
    async (errorKind) => {
      const opened = await openedPatterns(embedder);
      await opened.patterns.log(loggedAttempt({ ...failure, errorKind }));
      expect((await check(opened, broken)).failures).toEqual([]);
    },
  );

  test('code that passed once is silent', async () => {
    const opened = await openedPatterns(embedder);
    await opened.patterns.log(loggedAttempt(failure));
    await opened.patterns.log(loggedAttempt({ ...failure, result: 'pass' }));
    expect(await check(opened, broken)).toEqual({ failures: [] });
    await opened.patterns.log(loggedAttempt(failure));
    expect(await check(opened, broken)).toEqual({ failures: [] });
  });

  test('the same code in another function or file, or in another project, is other code', async () => {
    const opened = await openedPatterns(embedder);
    await opened.patterns.log(loggedAttempt(failure));
    expect(
      matches(await check(opened, broken, { functionName: 'pageOf', fileName: './src/pages.py' })),
    ).toHaveLength(1);
    for (const elsewhere of [
      { functionName: 'chunk_of' },
      { fileName: 'src/lists.py' },
      { scope: { project: 'bank' } },
    ]) {
      expect((await check(opened, broken, elsewhere)).failures).toEqual([]);
    }
  });
});

describe('undoes_repair', () => {
  async function withRepair(
    result: 'fail' | 'partial' = 'fail',
  ): Promise<OpenedPatterns & { failedId: number; repairId: number }> {
    const opened = await openedPatterns(embedder);
    const { patternId: failedId } = await opened.patterns.log(loggedAttempt({ ...failure, result }));
    const { patternId: repairId } = await opened.patterns.log(
      loggedAttempt({ ...failure, generatedCode: repaired, result: 'pass', errorMessage: null }),
    );
    return { ...opened, failedId, repairId };
  }

  test.each(['fail', 'partial'] as const)(
    'the lines that a repair took out are back, in code that was never tried (%s)',
    async (result) => {
      const opened = await withRepair(result);
      const proposal = `import math\n\n${broken.replace('size):', 'size, *, strict=False):')}\n`;
      expect((await check(opened, proposal)).failures).toMatchObject([
        {
          match: 'undoes_repair',
          record: { patternId: opened.failedId },
          fixedBy: { patternId: opened.repairId },
        },
      ]);
    },
  );

  test('the repair in other code is no warning', async () => {
    const opened = await withRepair();
    expect((await check(opened, `import math\n\n${repaired}`)).failures).toEqual([]);
  });

  test('code that is only alike is no warning', async () => {
    const opened = await withRepair();
    const alike = broken
      .replace('begin = page * size', 'begin = max(0, page) * size')
      .replace('end = begin + size - 1', 'end = begin + size');
    expect((await check(opened, alike)).failures).toEqual([]);
  });

  test('a repair that was undone by a later failure warns no more', async () => {
    const opened = await withRepair();
    await opened.patterns.log(loggedAttempt({ ...failure, generatedCode: `${repaired}\n# and more\nx = 1` }));
    expect((await check(opened, `import math\n\n${broken}`)).failures).toEqual([]);
  });
});

describe('same_task', () => {
  test('a plan and an error text are told of failures, code is not', async () => {
    const opened = await openedPatterns(embedder);
    const { patternId } = await opened.patterns.log(loggedAttempt(failure));
    expect(matches(await check(opened, 'I will cut the list of rows into pages with numbers'))).toEqual([
      ['same_task', patternId],
    ]);
    const error = `Traceback (most recent call last):\n  File "/x/src/pages.py", line 9, in page_of\nIndexError: list index out of range while paging rows`;
    expect(matches(await check(opened, error))).toEqual([['same_task', patternId]]);
    expect(
      matches(
        await check(opened, 'def numbered_pages(rows, page):\n    return rows[page * 10 : page * 10 + 10]'),
      ),
    ).toEqual([]);
    expect(matches(await check(opened, 'Water the plants on Sunday'))).toEqual([]);
  });

  test('a plan with an example in it is a plan', async () => {
    const opened = await openedPatterns(embedder);
    const { patternId } = await opened.patterns.log(loggedAttempt(failure));
    const plan =
      'Cut the list of rows into numbered pages, where the first page has number one and the last may be shorter:\n```\npage_of(rows, 1, 10)\n```';
    expect(matches(await check(opened, plan))).toEqual([['same_task', patternId]]);
  });

  test('filters are exact, and no more than top_k are told', async () => {
    const opened = await openedPatterns(embedder);
    for (let n = 0; n < 4; n += 1) {
      await opened.patterns.log(loggedAttempt({ ...failure, generatedCode: `${broken}\nx = ${n}` }));
    }
    const plan = 'cut a list of rows into numbered pages';
    expect(matches(await check(opened, plan, { topK: 2 }))).toHaveLength(2);
    expect(matches(await check(opened, plan, { fileName: 'src/other.py' }))).toEqual([]);
  });
});

describe('without waiting for the model', () => {
  test('while it loads the words decide, and it is asked to load', async () => {
    const cold = new OnnxEmbedder({ workerFile: realWorker });
    try {
      const opened = await openedPatterns(cold);
      await opened.store.logAttempt(
        newAttempt({
          project: 'shop',
          inputPrompt: 'Cut a list of rows into numbered pages',
          result: 'fail',
          searchText: 'Cut a list of rows into numbered pages',
        }),
        alone,
      );
      expect(cold.status().state).toBe('idle');
      const found = await check(opened, 'cut the rows into numbered pages');
      expect(found.search?.mode).toBe('lexical');
      expect(matches(found)).toEqual([['same_task', 1]]);
      expect(cold.status().state).not.toBe('idle');
    } finally {
      await cold.close();
    }
  });

  test('where there is none, code is recognised all the same', async () => {
    const opened = await openedPatterns(missingModel());
    await opened.patterns.log(loggedAttempt(failure));
    const repair = await opened.patterns.log(
      loggedAttempt({ ...failure, generatedCode: repaired, result: 'pass', errorMessage: null }),
    );
    expect((await check(opened, broken)).failures).toMatchObject([{ match: 'same_code' }]);
    expect((await check(opened, `import math\n${broken}`)).failures).toMatchObject([
      { match: 'undoes_repair', fixedBy: { patternId: repair.patternId } },
    ]);
  });
});

test('what does not fit the budget is named without its texts', async () => {
  const opened = await openedPatterns(embedder);
  await opened.patterns.log(loggedAttempt({ ...failure, errorMessage: 'word '.repeat(500) }));
  expect((await check(opened, broken, { tokensMax: 100 })).failures).toMatchObject([{ isCut: true }]);
});
