/**
 * How well the confidence of an answer tells "found" from "nothing here" in stores of thousands of passages:
 *
 *     npx node bench/calibrate-large-stores.ts [DATA_DIR] [--sizes 4000,15000,50000,100000] [--real N] [--evidence FILE]
 *
 * Stored are the notes of bench/calibration, with DATA_DIR also the rows of DevBench and nl2code, and around them, up to each
 * size, paragraphs of the documents, declarations and sources that the installed packages bring, as the model embeds them;
 * beyond those that there are, the same ones again, their vectors turned a little at random (cosine about 0.97). Asked are
 * the questions of what is stored, and everyday questions, such of other engineering and LoCoMo's. Then, with DATA_DIR,
 * LoCoMo's sessions are stored as documents of many passages and asked.
 *
 * Everything goes through the store and the rule of the product; vectors are kept in the user's cache, so that only the
 * first run embeds (60,000 texts: about an hour of one core).
 *
 * --real N         embeds so many paragraphs at most
 * --evidence FILE  also writes what was found for each question, one JSON line each
 */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Answer, AskedStore, type Question } from './calibration/asked-store.ts';
import { KeptVectors } from './calibration/kept-vectors.ts';
import { sessionDocuments, shortTexts } from './calibration/large-questions.ts';
import { packageParagraphs } from './calibration/package-paragraphs.ts';
import { seededRandom } from './calibration/seeded-random.ts';
import { turnedVector } from './calibration/turned-vector.ts';
import { machine, printTable } from './measure.ts';
import './usage.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sizes: { type: 'string', default: '4000,15000,50000,100000' },
    real: { type: 'string' },
    evidence: { type: 'string' },
  },
});
const [dataFolder] = positionals;
const sizes = values.sizes.split(',').map(Number);
if (values.evidence !== undefined) writeFileSync(values.evidence, '');

const folder = mkdtempSync(join(tmpdir(), 'ltmc-large-'));
const vectors = new KeptVectors();
console.log(machine());
try {
  await measureSizes();
  if (dataFolder !== undefined) await measureDocuments(dataFolder);
} finally {
  await vectors.close();
  rmSync(folder, { recursive: true, force: true });
}

async function measureSizes(): Promise<void> {
  const { texts, questions } = shortTexts(dataFolder);
  const paragraphs = packageParagraphs().slice(0, Number(values.real ?? Number.POSITIVE_INFINITY));
  const next = seededRandom(1);
  const store = await AskedStore.open(join(folder, 'sizes.db'));
  const own = await vectors.of(texts.map(({ text }) => text));
  await store.add(texts.map(({ id, text }, i) => ({ id, passages: [{ text, vector: own[i]! }] })));
  let filled = 0;
  for (const size of sizes) {
    const from = filled;
    filled = Math.max(filled, size - texts.length);
    const fillings = Array.from(
      { length: filled - from },
      (_, i) => paragraphs[(from + i) % paragraphs.length] as string,
    );
    const made = await vectors.of(fillings);
    await store.add(
      fillings.map((text, i) => {
        const isAgain = from + i >= paragraphs.length;
        return { id: null, passages: [{ text, vector: isAgain ? turnedVector(made[i]!, next) : made[i]! }] };
      }),
    );
    await measure(store, questions);
  }
  const near: number[] = [];
  for (const vector of own) near.push(await store.nearestFilling(vector));
  const alike = near.filter((cosine) => cosine >= 0.9).length;
  console.log(
    `\n${paragraphs.length} paragraphs of packages; ${alike} of the ${own.length} texts asked for have one at a cosine of 0.9 or more`,
  );
  await store.close();
}

async function measureDocuments(data: string): Promise<void> {
  const { texts, questions } = sessionDocuments(data);
  const store = await AskedStore.open(join(folder, 'documents.db'));
  for (const { id, text } of texts) {
    const chunks = await vectors.chunksOf(text);
    const made = await vectors.of(chunks);
    await store.add([{ id, passages: chunks.map((chunk, i) => ({ text: chunk, vector: made[i]! })) }]);
  }
  console.log(`\n${texts.length} sessions of LoCoMo, each a document`);
  await measure(store, questions);
  await store.close();
}

async function measure(store: AskedStore, questions: readonly Question[]): Promise<void> {
  const label = `${store.chunks} passages`;
  const asked = await vectors.of(questions.map(({ text }) => text));
  const answers: Answer[] = [];
  for (const [i, question] of questions.entries()) answers.push(await store.ask(question, asked[i]!));
  if (values.evidence !== undefined) {
    const lines = answers.map((answer) => `${JSON.stringify({ label, ...answer })}\n`);
    appendFileSync(values.evidence, lines.join(''));
  }
  console.log(`\n${label}\n`);
  printTable(
    ['questions', '', 'said "none"', 'low: right first', 'high: right first'],
    [...Map.groupBy(answers, ({ source }) => source)].map(([source, each]) => {
      const rightOf = (confidence: string) => {
        const given = each.filter((answer) => answer.confidence === confidence);
        return `${given.filter(({ isRightFirst }) => isRightFirst).length} of ${given.length}`;
      };
      const silent = each.filter(({ confidence }) => confidence === 'none').length;
      const share = `${((100 * silent) / each.length).toFixed(1)} %`;
      return [source, String(each.length), share, rightOf('low'), rightOf('high')];
    }),
  );
}
