import { afterAll, describe, expect, test } from 'vitest';
import type { FindPatternsInput, LogAttemptInput } from '../../src/domain/code-patterns.ts';
import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';
import { realWorker } from '../embedding/worker-files.ts';
import { loggedAttempt, openedPatterns } from './opened-patterns.ts';

const embedder = new OnnxEmbedder({ workerFile: realWorker });
afterAll(() => embedder.close());

const hourMs = 3_600_000;

/**
 * A small web shop with three files that each have `render` and `validate`. Every step names what is known to be
 * right after it.
 */
const cart = { functionName: 'render', fileName: 'src/cart.ts', testCommand: 'vitest run cart' };
const invoice = { functionName: 'render', fileName: 'src/invoice.ts', testCommand: 'vitest run invoice' };
const address = { functionName: 'render', fileName: 'src/address.ts', testCommand: 'vitest run address' };

function thrown(name: string, file: string, test: string, message: string): string {
  return [
    ` FAIL  tests/${file}.test.ts > ${test}`,
    `${name}: ${message}`,
    `    at render (/home/ann/shop/src/${file}.ts:12:9)`,
  ].join('\n');
}

const cartTask = 'Render the cart as table rows with a price each';
const invoiceTask = 'Render an invoice as a PDF with the tax per rate';
const addressTask = 'Render a postal address by the rules of its country';
const cartCode = {
  broken:
    'export function render(cart) {\n  return cart.items.map((item) => row(item.name, item.price.toFixed(2))).join("");\n}',
  fixed:
    'export function render(cart) {\n  return cart.items.map((item) => row(escape(item.name), (item.price ?? 0).toFixed(2))).join("");\n}',
  slower:
    'export function render(cart) {\n  let out = "";\n  for (const item of cart.items) out += row(item.name, item.price.toFixed(2));\n  return out;\n}',
};
const cartError = thrown(
  'TypeError',
  'cart',
  'shows a free item',
  "Cannot read properties of undefined (reading 'toFixed')",
);
const invoiceCode = {
  broken: 'export function render(invoice) {\n  return pdf(invoice.lines, invoice.taxes[0]);\n}',
  fixed: 'export function render(invoice) {\n  return pdf(invoice.lines, sumByRate(invoice.taxes));\n}',
};
const addressCode =
  'export function render(address) {\n  return order[address.country].map((part) => address[part]).join("\\n");\n}';

async function shop() {
  const opened = await openedPatterns(embedder);
  const log = (more: Partial<LogAttemptInput>) => opened.patterns.log(loggedAttempt(more));
  const find = (query: string, more: Partial<FindPatternsInput> = {}) =>
    opened.patterns.find({
      scope: { project: 'shop' },
      query,
      topK: 5,
      detail: 'brief',
      maxTokens: 4_000,
      includeWeak: false,
      explain: false,
      ...more,
    });
  const first = async (query: string, more: Partial<FindPatternsInput> = {}) =>
    (await find(query, more)).patterns[0]?.record.patternId;
  const record = async (patternId: number) => (await opened.store.getPatterns([patternId]))[0]!;
  const analyze = () => opened.analysis.analyze({ scope: { project: 'shop' }, timeRangeDays: 30 });
  return { ...opened, log, find, first, record, analyze };
}

test('three files that share a function name, a rename, a flaky test, the environment, and a failure that comes back', async () => {
  const { log, find, first, record, analyze, knownFailures, wait } = await shop();
  const check = async (proposal: string) =>
    (await knownFailures.check({ scope: { project: 'shop' }, proposal, topK: 5, tokensMax: 2_000 })).failures;

  // Three tasks, one name: three families, and no repair across files.
  const cartFailed = await log({
    ...cart,
    inputPrompt: cartTask,
    generatedCode: cartCode.broken,
    errorMessage: cartError,
  });
  const invoiceFailed = await log({
    ...invoice,
    inputPrompt: invoiceTask,
    generatedCode: invoiceCode.broken,
    errorMessage: thrown('AssertionError', 'invoice', 'sums the tax', 'expected 7 to be 26'),
  });
  const addressPassed = await log({
    ...address,
    inputPrompt: addressTask,
    generatedCode: addressCode,
    result: 'pass',
  });
  expect(addressPassed.fixes).toBeUndefined();
  const families = await Promise.all(
    [cartFailed, invoiceFailed, addressPassed].map(
      async ({ patternId }) => (await record(patternId)).familyId,
    ),
  );
  expect(new Set(families).size).toBe(3);
  expect(await first('table of the items in the cart with prices')).toBe(cartFailed.patternId);
  expect(await first('an invoice with taxes as PDF')).toBe(invoiceFailed.patternId);
  expect(await first('print where the parcel goes, by country')).toBe(addressPassed.patternId);
  expect(invoiceFailed.linked).toContainEqual(
    expect.objectContaining({ patternId: cartFailed.patternId, contextType: 'similar_function' }),
  );

  // The database is down: that is nobody's code. It does not hide the failure before it, and nothing warns of it.
  const offline = await log({
    ...cart,
    inputPrompt: cartTask,
    generatedCode: cartCode.slower,
    errorMessage: 'Error: connect ECONNREFUSED 127.0.0.1:5432',
    errorKind: 'environment',
  });
  expect(await check(cartCode.slower)).toEqual([]);
  expect((await find(cartTask)).deadEnd?.failedAttempts).toBe(1);

  // The repair: of the failure of the code, not of the environment's.
  const cartFixed = await log({
    ...cart,
    inputPrompt: 'Render cart rows, free items too',
    generatedCode: cartCode.fixed,
    result: 'pass',
  });
  expect(cartFixed.fixes).toBe(cartFailed.patternId);
  expect((await record(offline.patternId)).fixedBy).toBeNull();
  expect(await first(cartTask)).toBe(cartFixed.patternId);
  expect((await find(cartTask)).deadEnd).toBeUndefined();
  const byError = await find(cartError.replaceAll('/home/ann', 'D:/work').replace(':12:9', ':40:3'));
  expect(byError.patterns[0]).toMatchObject({
    record: { patternId: cartFailed.patternId },
    score: 1,
    fixedBy: { patternId: cartFixed.patternId, basis: 'same_function' },
  });
  expect(byError.patterns[0]?.fixedBy?.diff).toMatch(/^-.*item\.price\.toFixed/m);
  expect(await check(cartCode.broken)).toMatchObject([
    { match: 'same_code', fixedBy: { patternId: cartFixed.patternId } },
  ]);
  expect(await check(cartCode.fixed)).toEqual([]);

  // The same code fails once and passes again: flaky, neither a failure of the code nor repaired.
  const flaky = await log({
    ...cart,
    inputPrompt: cartTask,
    generatedCode: `// run again\n${cartCode.fixed}`,
    errorMessage: thrown('Error', 'cart', 'loads the fonts', 'Timed out after 5000 ms'),
  });
  expect((await record(flaky.patternId)).errorKind).toBe('flaky');
  expect((await record(cartFailed.patternId)).fixedBy?.patternId).toBe(cartFixed.patternId);
  const again = await log({ ...cart, inputPrompt: cartTask, generatedCode: cartCode.fixed, result: 'pass' });
  expect(again.fixes).toBeUndefined();
  expect(await check(cartCode.fixed)).toEqual([]);
  expect(await analyze()).toMatchObject({ total: 5, pass: 3, fail: 2, environmentCount: 1, flakyCount: 1 });

  // A rename: the same task under another name and in another file is found by its prompt, with what was learned.
  const renamed = await log({
    functionName: 'renderCart',
    fileName: 'src/cart/view.ts',
    inputPrompt: cartTask,
    generatedCode: cartCode.fixed.replace('render(', 'renderCart('),
    result: 'pass',
    usedPatternIds: [cartFixed.patternId],
  });
  expect((await record(renamed.patternId)).familyId).toBe(families[0]);
  expect(renamed.linked).toContainEqual(
    expect.objectContaining({ patternId: cartFixed.patternId, contextType: 'informed_by' }),
  );
  expect(await first(cartTask)).toBe(renamed.patternId);
  expect(await first(cartTask, { fileName: 'src/cart.ts' })).toBe(again.patternId);
  expect((await find(cartTask)).patterns[0]?.attempts).toEqual({ pass: 3, fail: 3, partial: 0 });

  // Two days later the first failure is back: it is open again, and the next pass repairs both.
  wait(48 * hourMs);
  const back = await log({
    ...cart,
    inputPrompt: cartTask,
    generatedCode: cartCode.fixed.replace('(item.price ?? 0)', 'item.price'),
    errorMessage: cartError,
  });
  expect((await record(cartFailed.patternId)).fixedBy).toBeNull();
  expect((await analyze()).topErrors[0]).toMatchObject({ count: 2, fixed: false });
  const backFixed = await log({
    ...cart,
    inputPrompt: cartTask,
    generatedCode: cartCode.fixed.replace('?? 0', '|| 0'),
    result: 'pass',
  });
  expect(backFixed.fixes).toBe(back.patternId);
  expect((await record(cartFailed.patternId)).fixedBy).toEqual({
    patternId: backFixed.patternId,
    basis: 'same_error',
  });
  expect((await analyze()).topErrors[0]).toMatchObject({ count: 2, fixed: true });
  expect(await first(cartTask, { result: 'fail' })).not.toBe(backFixed.patternId);

  // Meanwhile the invoice is older than a day: a pass does not claim it unasked, but may be told.
  const late = await log({
    ...invoice,
    inputPrompt: invoiceTask,
    generatedCode: invoiceCode.fixed,
    result: 'pass',
  });
  expect(late.fixes).toBeUndefined();
  const told = await log({
    ...invoice,
    inputPrompt: invoiceTask,
    generatedCode: `${invoiceCode.fixed}\n// told`,
    result: 'pass',
    fixesPatternId: invoiceFailed.patternId,
  });
  expect(told.linked).toContainEqual(
    expect.objectContaining({ patternId: invoiceFailed.patternId, contextType: 'fixes', basis: 'explicit' }),
  );
});

describe('what is embedded', () => {
  test('the same prompt and the same code are embedded once, and each attempt has its own vectors', async () => {
    const { log, store } = await shop();
    const attempt = { ...cart, inputPrompt: cartTask, generatedCode: cartCode.broken };
    await log(attempt);
    const before = embedder.status().textsEmbedded;
    const copy = await log({ ...attempt, generatedCode: `// the same\n${cartCode.broken}` });
    expect(embedder.status().textsEmbedded).toBe(before);
    // No other test has this code: what was embedded of late is remembered.
    const other = await log({ ...attempt, generatedCode: `${cartCode.slower}\nexport const carts = 3;` });
    expect(embedder.status().textsEmbedded).toBe(before + 1);
    expect(copy.vectorId).toBeLessThan(other.vectorId);
    const { vectors } = await embedder.embed([cartTask], { priority: 'query' });
    const { hits } = await store.searchPatterns({ words: [], vector: vectors[0]! }, { scope: 'all' });
    expect(hits.map(({ promptCosine }) => promptCosine)).toEqual(
      [1, 1, 1].map((one) => expect.closeTo(one, 4)),
    );
    const [first, second] = hits.toSorted((a, b) => a.patternId - b.patternId);
    expect(second?.codeCosine).toBe(first?.codeCosine);
  });
});
