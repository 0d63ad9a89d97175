import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { median } from '../measure.ts';
import { Progress } from '../replay/progress.ts';
import { askSingleArms } from '../retrieval/asked-set.ts';
import type { DataSet, Question } from '../retrieval/data-sets.ts';
import { type Scores, scoresOf } from '../retrieval/set-scores.ts';
import { inFolder } from './in-folder.ts';
import { databaseIn, ltmc, project } from './ltmc.ts';
import { type Peer, startedPeer } from './peer.ts';

/** One way of asking a server, or LTMC's full text or vectors alone. */
export interface QualityArm extends Scores {
  arm: string;
  /** Notes that the server did not take. */
  refused: number;
  /** Questions that nothing answers, and of these how many were answered with nothing. */
  unanswerable: number;
  silent: number;
  /** What a client's model reads of an answer asked for with default arguments, at the median. */
  answerBytes: number;
  answerTokens: number;
}

const hitsAsked = 10;
/** Questions asked with default arguments for the size of the answer. */
const sizedAnswers = 100;

/** Stores the set's texts in each server and asks its questions, and others that nothing in it answers. */
export async function measureQuality(
  peers: readonly Peer[],
  set: DataSet,
  unanswerable: readonly Question[],
  tokensOf: (text: string) => number,
): Promise<QualityArm[]> {
  const arms: QualityArm[] = [];
  for (const peer of peers) {
    await inFolder(async (folder) => {
      const server = await startedPeer(peer, folder);
      const itemOfKey = new Map<string, string>();
      let refused = 0;
      // Names say nothing of the content: some servers search them too.
      for (const [index, { id, text }] of set.items.entries()) {
        const key = await peer.store(server, { id: `note-${index}`, text }).catch(() => undefined);
        if (key === undefined) refused++;
        else itemOfKey.set(key, id);
      }
      const sized: string[] = [];
      for (const { text } of set.questions.slice(0, sizedAnswers)) {
        sized.push((await peer.search(server, text, {})).answer);
      }
      const size = {
        answerBytes: median(sized.map((answer) => Buffer.byteLength(answer))),
        answerTokens: median(sized.map(tokensOf)),
      };
      for (const weak of peer.showsWeakHits ? [false, true] : [false]) {
        const arm = `${peer.name}${weak ? ', weak hits too' : ''}`;
        const progress = new Progress(`${set.name}, ${arm}`, set.questions.length + unanswerable.length);
        const ask = async (query: Question) => {
          const { keys } = await peer.search(server, query.text, { count: hitsAsked, weak });
          progress.done(1);
          return { query, ranked: keys.map((key) => itemOfKey.get(key) ?? '') };
        };
        const answers = [];
        for (const question of set.questions) answers.push(await ask(question));
        const others = [];
        for (const question of unanswerable) others.push(await ask(question));
        const none = [...answers.filter(({ query }) => query.gold.length === 0), ...others];
        arms.push({
          arm,
          refused,
          ...scoresOf(answers.filter(({ query }) => query.gold.length > 0)),
          unanswerable: none.length,
          silent: none.filter(({ ranked }) => ranked.length === 0).length,
          ...(weak ? { answerBytes: Number.NaN, answerTokens: Number.NaN } : size),
        });
      }
      await server.end();
      if (peer === ltmc) arms.push(...(await singleArms(set, itemOfKey, folder)));
    });
  }
  return arms;
}

/** LTMC's full text alone and its vectors alone, on the database that its server filled. */
async function singleArms(
  set: DataSet,
  itemOfKey: ReadonlyMap<string, string>,
  folder: string,
): Promise<QualityArm[]> {
  const store = await openSqliteStore({ path: databaseIn(folder) });
  const embedder = new OnnxEmbedder({});
  try {
    // Rows are numbered in the order in which they were stored.
    const itemOfRow = new Map([...itemOfKey.values()].map((id, index) => [index + 1, id]));
    const progress = new Progress(`${set.name}, single arms`, set.questions.length);
    const single = await askSingleArms(store, embedder, { ...set, name: project }, itemOfRow, progress);
    return [...single].map(([arm, answers]) => ({
      arm: `ltmc, ${arm}`,
      refused: 0,
      ...scoresOf(answers.filter(({ query }) => query.gold.length > 0)),
      unanswerable: 0,
      silent: 0,
      answerBytes: Number.NaN,
      answerTokens: Number.NaN,
    }));
  } finally {
    await embedder.close();
    await store.close();
  }
}
