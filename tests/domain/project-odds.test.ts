import { expect, test } from 'vitest';
import { projectOdds } from '../../src/domain/project-odds.ts';
import { realEmbedder } from './opened-memories.ts';

test('questions of a project are told from those of general knowledge', async () => {
  const project = [
    'Which Postgres version runs on the reporting server?',
    'why did we drop the nightly sync with the warehouse',
    'how should error messages be worded?',
    'known issues of the upload form',
    'who reviews changes to the billing code',
  ];
  const general = [
    'How do volcanoes erupt?',
    'recipe for mushroom risotto',
    'who invented the telephone',
    'how do I reverse a string in Java?',
    'tensile strength of an M10 bolt',
  ];
  const { vectors } = await realEmbedder().embed([...project, ...general], { priority: 'bulk' });
  const odds = vectors.map((vector) => projectOdds(vector as Float32Array));
  expect(Math.min(...odds.slice(0, project.length))).toBeGreaterThan(0);
  expect(Math.max(...odds.slice(project.length))).toBeLessThan(0);
});
