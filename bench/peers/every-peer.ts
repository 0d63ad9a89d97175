import { aiDevkit } from './ai-devkit.ts';
import { ltmc } from './ltmc.ts';
import { memoryKeeper } from './memory-keeper.ts';
import type { Peer } from './peer.ts';
import { serverMemory } from './server-memory.ts';

/** LTMC first; the others are installed when they are first asked for. */
export const everyPeer: Record<string, () => Peer> = {
  ltmc: () => ltmc,
  'server-memory': serverMemory,
  'memory-keeper': memoryKeeper,
  'ai-devkit': aiDevkit,
};
