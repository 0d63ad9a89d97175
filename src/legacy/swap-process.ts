/** The process that holds the lock while a database is replaced; see swap-files.ts. It does one swap and ends. */
import { type Swap, swapFiles } from './swap-files.ts';
import type { SwapAnswer } from './swap-in-process.ts';

process.once('message', (swap: Swap) => {
  swapFiles(swap)
    .catch((thrown: unknown) => {
      const { code, message } = thrown as { code?: string; message?: string };
      return { outcome: 'failed', code: code ?? '', message: message ?? '' } satisfies SwapAnswer;
    })
    .then((answer) => process.send?.(answer, () => process.disconnect()));
});
