/**
 * `ltmc demo`: the main job on real input, start to end. A real MCP client starts the built server; every
 * answer is held against what it has to be, and the first wrong one ends the demo.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Terminal } from '../command.ts';
import { type Answer, ClientSession } from './client-session.ts';
import { failingMedian, passingMedian, slugify } from './code-attempts.ts';
import { askForPattern, logAttempt, patternAnswer } from './code-steps.ts';
import { documentNames, questions, unanswerable } from './documents.ts';
import { expectAnswer } from './expect-answer.ts';
import { ask, askInVain, storeDocument } from './memory-steps.ts';
import { Story } from './story.ts';
import { checkVectorIds, type VectorIdRange } from './vector-ids.ts';

/** Runs and prints all steps. Throws at the first answer that is wrong; the folder is removed in any case. */
export async function runDemo(terminal: Terminal): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ltmc-demo-'));
  writeFileSync(join(folder, 'config.json'), '{}\n');
  const story = new Story(terminal);
  let session: ClientSession | undefined;
  try {
    story.say('LTMC keeps what a coding agent learns and finds it again when it is needed.');
    story.say(`This demo works in ${folder}, which is removed at the end.`);

    story.step('Start the server, as a client does');
    session = await ClientSession.start(folder);
    story.good(`${session.toolCount} tools listed after ${session.startMs.toFixed(0)} ms`);

    story.step('Store real text: documents of this package');
    const ids: VectorIdRange[] = [];
    for (const name of documentNames) ids.push(await storeDocument(session, story, name));

    story.step('Ask in other words');
    for (const question of questions) await ask(session, story, question);

    story.step('Ask what nobody has stored');
    await askInVain(session, story);

    story.step('Log attempts at code: each is run here, and what happened is kept');
    const other = await logAttempt(session, story, slugify);
    const failed = await logAttempt(session, story, failingMedian);
    const passed = await logAttempt(session, story, passingMedian);
    ids.push(other.vectorIds, failed.vectorIds, passed.vectorIds);

    story.step('Before such code is written again, ask for what worked');
    await askForPattern(session, story, { passedId: passed.patternId, failedId: failed.patternId });

    story.step('Kill the server (SIGKILL), start it again, ask again');
    const before = await allAnswers(session);
    await session.kill();
    session = await ClientSession.start(folder);
    const after = await allAnswers(session);
    const isSame = JSON.stringify(after) === JSON.stringify(before);
    expectAnswer(isSame, 'the same answers after the restart as before', { before, after });
    story.good(`${after.length} of ${before.length} answers are the same as before`);

    story.step('Every vector got a number of its own, in order');
    await checkVectorIds(session, story, ids);

    story.end('Every step held. To use LTMC, give your client the command: npx -y ltmc');
  } finally {
    await session?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the restart must not change. The context is left out: it tells ages, and time goes on. */
async function allAnswers(session: ClientSession): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const query of [...questions.map((question) => question.query), unanswerable]) {
    const { context: _context, ...rest } = await session.call('retrieve_memory', { query });
    answers.push(rest);
  }
  answers.push(await patternAnswer(session));
  return answers;
}
