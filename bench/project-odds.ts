/**
 * From what the odds come that a question is one of a project rather than one of general knowledge
 * (src/domain/project-odds.ts): `npx node bench/project-odds.ts [--write]`. A logistic regression on the questions of
 * bench/calibration (but for the fourth collection, which is held out); printed is how well it tells those of one collection
 * when it is fitted without them. With --write the weights of all are written to src/domain/project-odds-weights.ts; then run
 * `npx biome format --write src`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { OnnxEmbedder } from '../src/embedding/onnx-embedder.ts';
import { fitLogistic, type Logistic, logOdds } from './calibration/logistic-regression.ts';
import './usage.ts';

interface Questions {
  name: string;
  project: Float32Array[];
  general: Float32Array[];
}

const { values: flags } = parseArgs({ options: { write: { type: 'boolean' } } });
const embedder = new OnnxEmbedder({ workerFile: new URL('../src/embedding/worker.ts', import.meta.url) });

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`calibration/${name}.json`, import.meta.url), 'utf8')) as T;
}

async function embed(texts: string[]): Promise<Float32Array[]> {
  const { vectors } = await embedder.embed(texts, { priority: 'bulk' });
  return vectors as Float32Array[];
}

async function collection(suffix: string): Promise<Questions> {
  const pairs = read<[note: string, question: string][]>(`notes${suffix}`);
  const others = read<Record<string, string[]>>(`other-subjects${suffix}`);
  return {
    name: `notes${suffix}`,
    project: await embed(pairs.map(([, question]) => question)),
    general: await embed(Object.values(others).flat()),
  };
}

const kinds = read<Record<'project' | 'general', string[]>>('question-kinds');
const always = { name: '', project: await embed(kinds.project), general: await embed(kinds.general) };
const fitted = await Promise.all(['', '-second', '-third'].map(collection));
const heldOut = await collection('-fourth');
await embedder.close();

const fitTo = (from: Questions[]) =>
  fitLogistic(
    from.flatMap(({ project }) => project),
    from.flatMap(({ general }) => general),
  );
const share = (vectors: Float32Array[], holds: (odds: number) => boolean, by: Logistic) =>
  `${((100 * vectors.filter((vector) => holds(logOdds(by, vector))).length) / vectors.length).toFixed(1)} %`;
const report = ({ name, project, general }: Questions, by: Logistic) => {
  console.log(
    `${name}: of the project ${share(project, (odds) => odds > 0, by)}, general ${share(general, (odds) => odds < 0, by)}`,
  );
};

console.log('told rightly by a fit without them');
for (const each of fitted) report(each, fitTo([always, ...fitted.filter((other) => other !== each)]));
const all = fitTo([always, ...fitted]);
report(heldOut, all);

if (flags.write) {
  const scale = Math.max(...all.weights.map(Math.abs)) / 127;
  const steps = Int8Array.from(all.weights, (weight) => Math.round(weight / scale));
  const lines =
    Buffer.from(steps.buffer)
      .toString('base64')
      .match(/.{1,96}/g) ?? [];
  writeFileSync(
    new URL('../src/domain/project-odds-weights.ts', import.meta.url),
    `/** Written by bench/project-odds.ts for the model all-MiniLM-L6-v2: a signed byte for each number of a vector. */
export const projectOddsWeights = {
  bytesInBase64: [${lines.map((line) => `'${line}'`).join(', ')}].join(''),
  scale: ${scale.toPrecision(6)},
  bias: ${all.bias.toPrecision(6)},
};
`,
  );
}
