/** Scans until a second thread is there and scans with it, then has nothing more to do. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BestOwners } from '../../../src/storage/sqlite/best-owners.ts';
import { VectorBlocks } from '../../../src/storage/sqlite/vector-blocks.ts';
import { unitVector } from '../made-vectors.ts';

const blocks = new VectorBlocks({ threadFromRows: 0 });
blocks.set(0, unitVector(1), 1, 1);
const scan = () => blocks.scan([{ first: 0, count: 64 }], new BestOwners(10));
scan();
while (!blocks.hasThread) await nextTurn();
scan();
console.log('scanned');
