#!/usr/bin/env node
/**
 * The file behind `ltmc`. It is parsed by whatever Node the user has, so it imports nothing before it knows
 * the version: a native module that is loaded by a Node too old for it can end the process with a crash
 * instead of a sentence.
 */
import { compileCacheFolder } from './compile-cache-folder.ts';
import { nodeVersionProblem } from './node-version-problem.ts';

const problem = nodeVersionProblem(process.versions);
if (problem === null) {
  start();
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

function start(): void {
  // Compiled code is kept from one start to the next: a third less time to the first answer.
  const cache = compileCacheFolder(process.platform, process.env);
  if (cache !== null) process.getBuiltinModule('node:module').enableCompileCache(cache);
  // @ts-expect-error The built program beside this file; see scripts/build.ts.
  import('./main.js').catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
