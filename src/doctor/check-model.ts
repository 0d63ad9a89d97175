import type { Finding } from '../domain/checkup.ts';
import type { Embedder } from '../domain/ports.ts';
import { toLtmcError } from '../errors.ts';

export interface ModelCheck {
  findings: Finding[];
  /** Its own and those that it can be compared with; null where no model can be loaded. */
  modelHashes: readonly string[] | null;
}

/** Loads the model, which checks its files' hashes, and has it embed a text. */
export async function checkModel(embedder: Embedder): Promise<ModelCheck> {
  try {
    const { vectors, modelHash } = await embedder.embed(['a text'], { priority: 'query' });
    const { compatibleModelHashes } = embedder.status();
    if (vectors[0]?.length === embedder.dimensions) {
      return { findings: [], modelHashes: [...new Set([modelHash, ...(compatibleModelHashes ?? [])])] };
    }
    return {
      findings: [problem('it gave a vector of another size', 'Reinstall LTMC.')],
      modelHashes: null,
    };
  } catch (thrown) {
    const { message, hint } = toLtmcError(thrown);
    return { findings: [problem(message, hint)], modelHashes: null };
  }
}

function problem(what: string, hint: string): Finding {
  return {
    code: 'model_unavailable',
    level: 'problem',
    count: 1,
    message: `the model cannot be used, so nothing is found by meaning: ${what}`,
    hint,
    repairable: false,
  };
}
