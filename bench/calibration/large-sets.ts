import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Note, SmallStore } from './small-store.ts';

interface Row {
  id: string;
  text: string;
  conversation?: string;
}
interface Query {
  text: string;
  gold: string[];
  conversation?: string;
}
interface Set {
  name: string;
  rows: Row[];
  queries: Query[];
}

type Embed = (texts: string[]) => Promise<Float32Array[]>;

/** The same measurement on whole sets of thousands of rows; a question about something else is one of another set. */
export async function largeSets(folder: string, embed: Embed): Promise<void> {
  const sets = [...devbench(folder), ...jsonLines(folder, 'nl2code'), ...jsonLines(folder, 'locomo')];
  console.log(
    '\nwhole sets, in per cent: answer given, right in 3, right first (best); silent on another set',
  );
  const asked = new Map<string, { queries: Query[]; vectors: Float32Array[] }>();
  for (const set of sets) {
    const queries = everyNth(
      set.queries.filter((query) => query.gold.length > 0),
      200,
    );
    asked.set(set.name, { queries, vectors: await embed(queries.map((query) => query.text)) });
  }
  for (const set of sets) {
    const vectors = await embed(set.rows.map((row) => row.text));
    const store = new SmallStore(set.rows.map((row, index): Note => ({ ...row, vector: vectors[index]! })));
    const cells: string[] = [];
    for (const [name, { queries, vectors: questionVectors }] of asked) {
      let [given, inThree, first, best] = [0, 0, 0, 0];
      for (const [index, query] of queries.entries()) {
        const answer = store.ask(query.text, questionVectors[index]!, 'hybrid');
        const place = answer.ranked.findIndex((id) => query.gold.includes(id)) + 1;
        const isGiven = answer.excess >= 0;
        if (isGiven) given++;
        if (isGiven && place >= 1 && place <= 3) inThree++;
        if (isGiven && place === 1) first++;
        if (place === 1) best++;
      }
      const rate = (count: number) => ((100 * count) / queries.length).toFixed(1);
      cells.push(
        name === set.name
          ? `given ${rate(given)}, ${rate(inThree)}, ${rate(first)} (${rate(best)})`
          : `silent on ${name} ${rate(queries.length - given)}`,
      );
    }
    console.log(`${set.name} (${set.rows.length} rows): ${cells.join('; ')}`);
    store.close();
  }
}

function jsonLines(folder: string, name: string): Set[] {
  const parse = <T>(file: string) =>
    readFileSync(join(folder, name, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);
  if (!existsSync(join(folder, name))) return [];
  return [{ name, rows: parse<Row>('corpus.jsonl'), queries: parse<Query>('queries.jsonl') }];
}

function devbench(folder: string): Set[] {
  const file = join(folder, 'devbench', 'devbench.json');
  if (!existsSync(file)) return [];
  const { memories, queries } = JSON.parse(readFileSync(file, 'utf8')) as {
    memories: { id: string; content: string }[];
    queries: { question: string; expected_tags: string[] }[];
  };
  return [
    {
      name: 'devbench',
      rows: memories.map(({ id, content }) => ({ id, text: content })),
      queries: queries.map(({ question, expected_tags }) => ({ text: question, gold: expected_tags })),
    },
  ];
}

/** A spread of at most `count` of them. */
function everyNth<T>(items: T[], count: number): T[] {
  const step = Math.max(1, Math.floor(items.length / count));
  return items.filter((_, index) => index % step === 0).slice(0, count);
}
