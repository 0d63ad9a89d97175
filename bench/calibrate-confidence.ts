/**
 * How well the confidence of an answer tells "found" from "nothing here", on stores of few developer notes:
 * `npx node bench/calibrate-confidence.ts [--seed 1] [--stores 4] [--data FOLDER] [--keep]`. With --keep the
 * strength of every answer is kept for the plot. The notes and questions are the four collections of
 * bench/calibration, of which the fourth is held out: nothing was set by it. With a folder of public sets whole sets are
 * measured too (docs/confidence.md); calibrate-large-stores.ts measures stores of thousands.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { OnnxEmbedder } from '../src/embedding/onnx-embedder.ts';
import { largeSets } from './calibration/large-sets.ts';
import { seededRandom } from './calibration/seeded-random.ts';
import { type Answer, type Note, SmallStore } from './calibration/small-store.ts';
import { writeResults } from './results.ts';
import './usage.ts';

const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string' },
    stores: { type: 'string' },
    data: { type: 'string' },
    keep: { type: 'boolean' },
  },
});
const seed = Number(flags.seed ?? 1);
const storesPerQuestion = Number(flags.stores ?? 4);
const random = seededRandom(seed);
const storeSizes = [1, 3, 10, 30, 100];
const shifts = [-0.06, -0.04, -0.02, 0, 0.02, 0.04, 0.06];

const embedder = new OnnxEmbedder({ workerFile: new URL('../src/embedding/worker.ts', import.meta.url) });

/**
 * `right`: the asked note is among the rows. `absent`: it is not, but others of its field are. The rest are questions about
 * something else: `technical` in the words of other engineers, `software` about programming that no note touches.
 */
type OtherSubject = 'everyday' | 'technical' | 'software';
type Kind = 'right' | 'absent' | OtherSubject;
type Half = 'fit' | 'check';
const otherSubjects: readonly OtherSubject[] = ['everyday', 'technical', 'software'];

interface Trial {
  kind: Kind;
  half: Half;
  rows: number;
  hybrid: Answer;
  lexical: Answer;
  /** The note that answers it. */
  gold: string | null;
}

/** Two halves of the questions, to see how far the figures scatter. */
const halfOf = (index: number): Half => (index % 2 === 0 ? 'fit' : 'check');

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`calibration/${name}`, import.meta.url), 'utf8')) as T;
}

async function embed(texts: string[]): Promise<Float32Array[]> {
  const { vectors } = await embedder.embed(texts, { priority: 'bulk' });
  return vectors as Float32Array[];
}

/** Notes with a question each, and questions about something else. */
interface Collection {
  pairs: [note: string, question: string][];
  others: Partial<Record<OtherSubject, string[]>>;
}

const collectionOf = (suffix: string): Collection => ({
  pairs: read(`notes${suffix}.json`),
  others: read(`other-subjects${suffix}.json`),
});

async function notesOf({ pairs }: Collection): Promise<Note[]> {
  const vectors = await embed(pairs.map(([note]) => note));
  return pairs.map(([text], index) => ({ id: text, text, vector: vectors[index]! }));
}

/** `filling`: notes that stand beside those of the collection where a store has more rows than it has notes. */
async function smallTrials(collection: Collection, filling: readonly Note[]): Promise<Trial[]> {
  const { pairs, others } = collection;
  const questionVectors = await embed(pairs.map(([, question]) => question));
  const notes = await notesOf(collection);
  const trials: Trial[] = [];

  const ask = (kind: Kind, index: number, rows: Note[], question: string, vector: Float32Array) => {
    const store = new SmallStore(rows);
    trials.push({
      kind,
      half: halfOf(index),
      rows: rows.length,
      hybrid: store.ask(question, vector, 'hybrid'),
      lexical: store.ask(question, vector, 'lexical'),
      gold: kind === 'right' ? notes[index]!.id : null,
    });
    store.close();
  };
  const drawn = (count: number, from: Note[]) => {
    for (let taken = 0; taken < Math.min(count, from.length); taken++) {
      const other = taken + Math.floor(random() * (from.length - taken));
      [from[taken], from[other]] = [from[other]!, from[taken]!];
    }
    return from.slice(0, count);
  };
  const sample = (count: number, without: Note | null) => {
    const own = drawn(
      count,
      notes.filter((note) => note !== without),
    );
    return [...own, ...drawn(count - own.length, [...filling])];
  };

  for (const rows of storeSizes) {
    for (let turn = 0; turn < storesPerQuestion; turn++) {
      for (const [index, [, question]] of pairs.entries()) {
        const [note, vector] = [notes[index]!, questionVectors[index]!];
        ask('right', index, [note, ...sample(rows - 1, note)], question, vector);
        ask('absent', index, sample(rows, note), question, vector);
      }
    }
  }
  for (const kind of otherSubjects) {
    const questions = others[kind] ?? [];
    const vectors = await embed(questions);
    for (const rows of storeSizes) {
      for (let turn = 0; turn < storesPerQuestion; turn++) {
        for (const [index, question] of questions.entries()) {
          ask(kind, index, sample(rows, null), question, vectors[index]!);
        }
      }
    }
  }
  return trials;
}

const percent = (part: number, whole: number) =>
  (whole === 0 ? '-' : ((100 * part) / whole).toFixed(1)).padStart(6);

function share(trials: Trial[], holds: (trial: Trial) => boolean): string {
  return percent(trials.filter(holds).length, trials.length);
}

function report(trials: Trial[], mode: 'hybrid' | 'lexical', shift: number): void {
  for (const rows of [...new Set(trials.map((trial) => trial.rows))]) {
    for (const half of ['fit', 'check'] as const) {
      const of = (kind: Kind) =>
        trials.filter((trial) => trial.rows === rows && trial.half === half && trial.kind === kind);
      const given = (trial: Trial) => trial[mode].excess >= shift;
      const place = (trial: Trial) => trial[mode].ranked.indexOf(trial.gold ?? '') + 1;
      const isRight = (places: number) => (trial: Trial) =>
        given(trial) && place(trial) <= places && place(trial) > 0;
      console.log(
        [
          String(rows).padStart(5),
          half.padEnd(5),
          share(of('right'), given),
          share(of('right'), isRight(3)),
          share(of('right'), isRight(1)),
          share(of('right'), (trial) => place(trial) === 1),
          share(of('everyday'), (trial) => !given(trial)),
          share(of('technical'), (trial) => !given(trial)),
          share(of('absent'), (trial) => !given(trial)),
        ].join('  '),
      );
    }
  }
}

const heading = ' rows  half   given  in 3    first   (best)  silent: everyday, technical, absent';

/**
 * Of the answers in each band: how many were right first, where beside the questions that have their note those about
 * something else are asked, or the same ones without their note.
 */
function reportBands(trials: Trial[], mode: 'hybrid' | 'lexical'): void {
  for (const [beside, kinds] of [
    ['something else', otherSubjects],
    ['without their note', ['absent']],
  ] as const) {
    for (const rows of storeSizes) {
      const asked = trials.filter(
        (trial) =>
          trial.rows === rows && (trial.kind === 'right' || kinds.some((kind) => kind === trial.kind)),
      );
      const cells = (['low', 'high'] as const).map((confidence) => {
        const inBand = asked.filter((trial) => trial[mode].confidence === confidence);
        return `${confidence} ${share(inBand, (trial) => trial[mode].ranked[0] === trial.gold)} of ${String(inBand.length).padStart(4)}`;
      });
      console.log(`${String(rows).padStart(5)}  ${cells.join('   ')}   ${beside}`);
    }
  }
}

/** Both halves and all kinds of other questions together. */
function reportWhole(trials: Trial[]): void {
  console.log(' rows   given  first (best)  silent: something else, of it software, absent');
  for (const rows of storeSizes) {
    const of = (...kinds: Kind[]) =>
      trials.filter((trial) => trial.rows === rows && kinds.includes(trial.kind));
    const given = (trial: Trial) => trial.hybrid.excess >= 0;
    const first = (trial: Trial) => trial.hybrid.ranked[0] === trial.gold;
    console.log(
      [
        String(rows).padStart(5),
        share(of('right'), given),
        share(of('right'), (trial) => given(trial) && first(trial)),
        share(of('right'), first),
        share(of(...otherSubjects), (trial) => !given(trial)),
        share(of('software'), (trial) => !given(trial)),
        share(of('absent'), (trial) => !given(trial)),
      ].join('  '),
    );
  }
  console.log('\nright first, of the answers in each band');
  reportBands(trials, 'hybrid');
}

const names = ['first', 'second', 'third', 'fourth: held out'];
const collections = ['', '-second', '-third', '-fourth'].map(collectionOf);
const notesOfEach: Note[][] = [];
for (const collection of collections) notesOfEach.push(await notesOf(collection));
const trialsOf = (place: number) =>
  smallTrials(collections[place] as Collection, notesOfEach.filter((_, other) => other !== place).flat());

const trials = await trialsOf(0);
console.log(`seed ${seed}, ${storesPerQuestion} stores for each question and size`);
for (const mode of ['hybrid', 'lexical'] as const) {
  console.log(`\n${mode}, in per cent, at the thresholds of src/domain/confidence.ts\n${heading}`);
  report(trials, mode, 0);
  console.log('\nright first, of the answers in each band');
  reportBands(trials, mode);
}
for (const shift of shifts) {
  console.log(`\nhybrid, all thresholds ${shift >= 0 ? '+' : ''}${shift}\n${heading}`);
  report(trials, 'hybrid', shift);
}
for (const [place, name] of names.entries()) {
  console.log(`\nthe whole collection, hybrid, in per cent; ${name}`);
  reportWhole(place === 0 ? trials : await trialsOf(place));
}
if (flags.keep) {
  const kept = storeSizes.flatMap((rows) =>
    (['right', ...otherSubjects, 'absent'] as const).map((kind) => ({
      rows,
      kind,
      excess: trials
        .filter((trial) => trial.rows === rows && trial.kind === kind)
        .map((trial) => trial.hybrid.excess),
    })),
  );
  writeResults('confidence', 'npx node bench/calibrate-confidence.ts --keep', kept);
}
if (flags.data !== undefined) await largeSets(flags.data, embed);
await embedder.close();
