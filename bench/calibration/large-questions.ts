import { readFileSync } from 'node:fs';
import { readDataSet } from '../retrieval/data-sets.ts';
import type { Question } from './asked-store.ts';

export interface AskedTexts {
  texts: { id: string; text: string }[];
  questions: Question[];
}

/** Nothing was set by the last. */
const collections = ['', '-second', '-third', '-fourth'];

const questionsOfEachSet = 200;

/** The notes of bench/calibration; with a folder of public sets also DevBench and nl2code, and LoCoMo's questions. */
export function shortTexts(dataFolder: string | undefined): AskedTexts {
  const notes = collections.map((suffix): AskedTexts => {
    const source = `notes${suffix}`;
    const pairs = read<[note: string, question: string][]>(`${source}.json`);
    return {
      texts: pairs.map(([text], index) => ({ id: `${source}-${index}`, text })),
      questions: pairs.map(([, text], index) => ({ source, text, gold: [`${source}-${index}`] })),
    };
  });
  const others = collections.flatMap((suffix) => {
    const questions = read<Record<string, string[]>>(`other-subjects${suffix}.json`);
    // Not those about software: among code and what packages say of themselves they have answers.
    return ['everyday', 'technical'].flatMap((kind) =>
      (questions[kind] ?? []).map((text): Question => ({ source: kind, text, gold: [] })),
    );
  });
  const sets = dataFolder === undefined ? [] : ['devbench', 'nl2code'].map((name) => set(dataFolder, name));
  const foreign = dataFolder === undefined ? [] : foreignQuestions(dataFolder, ['locomo']);
  return {
    texts: [...notes, ...sets].flatMap(({ texts }) => texts),
    questions: [...[...notes, ...sets].flatMap(({ questions }) => questions), ...others, ...foreign],
  };
}

/** LoCoMo's sessions, each a document; asked are its own questions and those of other sets. */
export function sessionDocuments(dataFolder: string): AskedTexts {
  const { items, questions } = readDataSet(dataFolder, 'locomo', null);
  const sessionOf = new Map(items.map(({ id, session, conversation }) => [id, `${conversation} ${session}`]));
  const documents = [...Map.groupBy(items, ({ id }) => sessionOf.get(id) as string)].map(
    ([id, messages]) => ({
      id,
      text: messages.map(({ speaker, text }) => `${speaker}: ${text}`).join('\n\n'),
    }),
  );
  return {
    texts: documents,
    questions: [
      ...questions
        .filter(({ gold }) => gold.length > 0)
        .map(({ text, gold }) => ({
          source: 'locomo',
          text,
          gold: gold.flatMap((id) => sessionOf.get(id) ?? []),
        })),
      ...foreignQuestions(dataFolder, ['devbench', 'nl2code', 'beam']),
      ...shortTexts(undefined).questions.map((question) => ({ ...question, gold: [] })),
    ],
  };
}

function set(dataFolder: string, name: string): AskedTexts {
  const { items, questions } = readDataSet(dataFolder, name, null);
  const answerable = questions.filter(({ gold }) => gold.length > 0);
  return {
    texts: items.map(({ id, text }) => ({ id: `${name}-${id}`, text })),
    questions: evenly(answerable).map(({ text, gold }) => ({
      source: name,
      text,
      gold: gold.map((id) => `${name}-${id}`),
    })),
  };
}

function foreignQuestions(dataFolder: string, names: readonly string[]): Question[] {
  return names.flatMap((name) =>
    evenly(readDataSet(dataFolder, name, null).questions).map(({ text }) => ({
      source: `other: ${name}`,
      text,
      gold: [],
    })),
  );
}

function evenly<Of>(items: readonly Of[]): Of[] {
  const step = Math.max(1, items.length / questionsOfEachSet);
  return Array.from(
    { length: Math.min(items.length, questionsOfEachSet) },
    (_, index) => items[Math.floor(index * step)] as Of,
  );
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as T;
}
