import { createHash } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ModelLoadError } from './model-load-error.ts';

/** The model that the package ships; models/PROVENANCE.md says where it comes from. */
export const shippedModel = {
  name: 'all-MiniLM-L6-v2',
  dimensions: 384,
  /** [CLS] and [SEP] among them. */
  idsMax: 256,
  onnx: {
    name: 'all-MiniLM-L6-v2.int8.onnx',
    sha256: 'abce4f1748ed8488a8ad27995f5726df9a4440df98b6acd5f97309a2cc72773c',
  },
  tokenizer: {
    name: 'tokenizer.json',
    sha256: 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
  },
  /** What another export of the model is measured against. */
  golden: {
    name: 'golden.json',
    sha256: 'd9930f4505196c67eb02af485022484ab1df8d7a84852f3406a042900ffd34ec',
  },
} as const;

const readBytes = 1024 * 1024;

/** The folder the model is loaded from, and whether its files must be the shipped ones. */
export class ModelFolder {
  readonly #modelDir: string;
  readonly #shippedModelDir: string;
  /** True where another export is allowed, if it passes the golden check. */
  readonly isForeign: boolean;

  constructor(modelDir: string, shippedModelDir: string) {
    this.#modelDir = modelDir;
    this.#shippedModelDir = shippedModelDir;
    this.isForeign = resolve(modelDir) !== resolve(shippedModelDir);
  }

  /** The tokenizer's bytes and hash; refused here unless shipped or foreign. */
  tokenizer(): { bytes: Buffer; isShipped: boolean } {
    const { name, sha256 } = shippedModel.tokenizer;
    const bytes = this.#read(join(this.#modelDir, name));
    const isShipped = sha256Of(bytes) === sha256;
    if (!isShipped && !this.isForeign) throw this.#damaged(name);
    return { bytes, isShipped };
  }

  /** The shipped golden cases, checked, because another model's acceptance rests on them. */
  golden(): Buffer {
    const { name, sha256 } = shippedModel.golden;
    const bytes = this.#read(join(this.#shippedModelDir, name));
    if (sha256Of(bytes) !== sha256) throw new ModelLoadError(...damagedWords(name, false));
    return bytes;
  }

  /**
   * Hashes the ONNX file, has it loaded by its path, and makes sure that the file that was loaded is the file
   * that was hashed: device, inode, size and time of change are the same before and after. `isInPlace` says that it
   * is the shipped file in LTMC's own folder.
   */
  async loadOnnx(
    load: (path: string, isInPlace: boolean) => Promise<void>,
  ): Promise<{ sha256: string; isShipped: boolean }> {
    const path = this.#onnxPath();
    const name = basename(path);
    const before = this.#stat(path);
    const sha256 = this.#try(path, () => sha256OfFile(path));
    const isShipped = sha256 === shippedModel.onnx.sha256;
    if (!isShipped && !this.isForeign) throw this.#damaged(name);
    await load(path, isShipped && !this.isForeign);
    if (!isSameFile(before, this.#stat(path))) {
      throw new ModelLoadError(
        `Expected the model file ${name} to stay as it is while it is loaded; it was exchanged.`,
        'Try again when nothing writes to the model folder any more.',
      );
    }
    return { sha256, isShipped };
  }

  /** The shipped name, or in a foreign folder its only .onnx file. */
  #onnxPath(): string {
    const path = join(this.#modelDir, shippedModel.onnx.name);
    if (!this.isForeign) return path;
    const names = this.#try(path, () => readdirSync(this.#modelDir).filter((name) => name.endsWith('.onnx')));
    if (names.includes(shippedModel.onnx.name)) return path;
    const [only] = names;
    if (only === undefined || names.length > 1) {
      throw new ModelLoadError(
        `Expected the folder of LTMC_MODEL_DIR to hold ${shippedModel.onnx.name} or one other .onnx file, got ${names.length} .onnx files.`,
        foreignHint,
      );
    }
    return join(this.#modelDir, only);
  }

  #read(path: string): Buffer {
    return this.#try(path, () => readFileSync(path));
  }

  #stat(path: string): BigIntStats {
    return this.#try(path, () => statSync(path, { bigint: true }));
  }

  #try<Result>(path: string, use: () => Result): Result {
    try {
      return use();
    } catch (thrown) {
      const code = (thrown as NodeJS.ErrnoException).code ?? 'an error';
      const got = code === 'ENOENT' || code === 'ENOTDIR' ? 'no such file' : code;
      throw new ModelLoadError(
        `Expected the model file ${basename(path)} in ${this.#folderWords()}, got ${got}.`,
        this.#hint(),
        thrown,
      );
    }
  }

  #damaged(name: string): ModelLoadError {
    return new ModelLoadError(...damagedWords(name, this.isForeign));
  }

  #folderWords(): string {
    return this.isForeign ? 'the folder of LTMC_MODEL_DIR' : "LTMC's folder models";
  }

  #hint(): string {
    return this.isForeign ? foreignHint : shippedHint;
  }
}

export const shippedHint = 'Reinstall LTMC; until then it answers by words alone and stores without vectors.';
export const foreignHint = 'Put the export there, or unset LTMC_MODEL_DIR to use the model that LTMC ships.';

function damagedWords(name: string, isForeign: boolean): [string, string] {
  return [
    `Expected the model file ${name} to be the one that LTMC ships, got other content (its SHA-256 differs).`,
    isForeign ? foreignHint : shippedHint,
  ];
}

function isSameFile(a: BigIntStats, b: BigIntStats): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.size === b.size && a.ctimeNs === b.ctimeNs;
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** In pieces, so that hashing does not cost the file's size in memory. */
function sha256OfFile(path: string): string {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafeSlow(readBytes);
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const bytesRead = readSync(file, piece, 0, readBytes, null);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, bytesRead));
    }
  } finally {
    closeSync(file);
  }
}
