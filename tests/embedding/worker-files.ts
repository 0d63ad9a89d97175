import { join } from 'node:path';

/** The workers from their sources: Node runs them without a build. */
export const realWorker = join(import.meta.dirname, '..', '..', 'src', 'embedding', 'worker.ts');
export const faultWorker = join(import.meta.dirname, 'fault-worker.ts');
