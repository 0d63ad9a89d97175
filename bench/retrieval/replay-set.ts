import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { askServer } from '../replay/asked-server.ts';
import { logAttempt } from '../replay/log-attempt.ts';
import { Progress } from '../replay/progress.ts';
import type { RankedAnswer } from '../replay/ranked-answers.ts';
import { readRecorded } from '../replay/recorded-attempts.ts';
import { askSingleArms } from '../replay/single-arms.ts';
import type { StdioServer } from '../stdio-server.ts';
import type { SetAnswer } from './asked-set.ts';
import type { Question } from './data-sets.ts';

const project = 'replay';

/** Logs the recorded attempts and asks their questions and those of other sets; ends the server. */
export async function askReplay(
  server: StdioServer,
  dataFolder: string,
  sample: number | null,
  others: readonly Question[],
  database: string,
): Promise<{ arms: Map<string, RankedAnswer[]>; foreign: SetAnswer[] }> {
  const recorded = readRecorded(dataFolder, sample);
  const { attempts, queries } = recorded;
  console.log(`\nreplay: ${attempts.length} rows, ${queries.length} questions\n`);
  const rows = new Progress('replay, rows', attempts.length);
  const patternIds: number[] = [];
  for (const attempt of attempts) {
    patternIds.push(await logAttempt(server, attempt, project));
    rows.done(1);
  }
  const asked = new Progress('replay, questions', queries.length);
  const answers = await askServer(server, recorded, patternIds, project, asked);
  const foreign: SetAnswer[] = [];
  for (const query of others) {
    const answer = await server.call('get_code_patterns', { project, query: query.text });
    foreign.push({ query, ranked: [], confidence: String(answer.confidence) });
  }
  await server.end();

  const store = await openSqliteStore({ path: database });
  const embedder = new OnnxEmbedder({});
  const arms = new Progress('replay, single arms', queries.length);
  const single = await askSingleArms(store, embedder, recorded, patternIds, project, arms);
  await embedder.close();
  await store.close();
  return { arms: new Map([['ltmc', answers], ...single]), foreign };
}
