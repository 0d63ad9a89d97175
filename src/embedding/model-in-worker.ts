import { checkTokenIds, checkVectors, type Golden } from './golden-check.ts';
import { foreignHint, ModelFolder, shippedHint, shippedModel } from './model-files.ts';
import { ModelLoadError } from './model-load-error.ts';
import { OnnxSession } from './onnx-session.ts';
import { TextTokenizer } from './text-tokenizer.ts';
import type { LoadedModel, WorkerSettings } from './worker-protocol.ts';

/** The worker's state: a tokenizer and a session, each loaded on its own and checked before it is used. */
export class ModelInWorker {
  readonly #folder: ModelFolder;
  #tokenizer: TextTokenizer | null = null;
  #session: OnnxSession | null = null;

  constructor(settings: WorkerSettings) {
    this.#folder = new ModelFolder(settings.modelDir, settings.shippedModelDir);
  }

  loadTokenizer(): TextTokenizer {
    if (this.#tokenizer !== null) return this.#tokenizer;
    const { bytes, isShipped } = this.#folder.tokenizer();
    const tokenizer = parseTokenizer(bytes);
    if (!isShipped) checkTokenIds(this.#golden(), (text) => tokenizer.encode(text));
    this.#tokenizer = tokenizer;
    return tokenizer;
  }

  async loadModel(): Promise<LoadedModel> {
    const tokenizer = this.loadTokenizer();
    const hint = this.#folder.isForeign ? foreignHint : shippedHint;
    let session: OnnxSession | null = null;
    try {
      const { sha256, isShipped } = await this.#folder.loadOnnx(async (path, isInPlace) => {
        session = await OnnxSession.load(path, isInPlace, hint);
      });
      if (!isShipped) await checkVectors(this.#golden(), (text) => embedWith(session, tokenizer, text));
      this.#session = session;
      const shippedHash = shippedModel.onnx.sha256;
      return { modelHash: sha256, compatibleModelHashes: isShipped ? [sha256] : [sha256, shippedHash] };
    } finally {
      // Refused after it was opened.
      if (this.#session === null) await (session as OnnxSession | null)?.release();
    }
  }

  /** The model must be loaded. */
  async embed(text: string): Promise<Float32Array> {
    return embedWith(this.#session, this.loadTokenizer(), text);
  }

  async release(): Promise<void> {
    await this.#session?.release();
    this.#session = null;
  }

  #golden(): Golden {
    return JSON.parse(this.#folder.golden().toString('utf8')) as Golden;
  }
}

function embedWith(
  session: OnnxSession | null,
  tokenizer: TextTokenizer,
  text: string,
): Promise<Float32Array> {
  if (session === null) throw new Error('Expected the model to be loaded before a text comes.');
  return session.embed(tokenizer.encode(text));
}

function parseTokenizer(bytes: Buffer): TextTokenizer {
  try {
    return new TextTokenizer(JSON.parse(bytes.toString('utf8')) as object);
  } catch (thrown) {
    throw new ModelLoadError(
      'Expected tokenizer.json of LTMC_MODEL_DIR to describe a tokenizer, got something else.',
      foreignHint,
      thrown,
    );
  }
}
