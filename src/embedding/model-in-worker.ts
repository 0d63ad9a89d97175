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
    const { loaded, sha256, isShipped } = await this.#folder.loadOnnx((path) => OnnxSession.load(path, hint));
    if (!isShipped) {
      await checkVectors(this.#golden(), (text) => loaded.embed(tokenizer.encode(text)));
    }
    this.#session = loaded;
    const shippedHash = shippedModel.onnx.sha256;
    return { modelHash: sha256, compatibleModelHashes: isShipped ? [sha256] : [sha256, shippedHash] };
  }

  /** The model must be loaded. */
  async embed(text: string): Promise<Float32Array> {
    if (this.#session === null) throw new Error('Expected the model to be loaded before a text comes.');
    return this.#session.embed(this.loadTokenizer().encode(text));
  }

  async release(): Promise<void> {
    await this.#session?.release();
    this.#session = null;
  }

  #golden(): Golden {
    return JSON.parse(this.#folder.golden().toString('utf8')) as Golden;
  }
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
