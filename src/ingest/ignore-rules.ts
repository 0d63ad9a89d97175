import { lstatSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import createIgnore, { type Ignore } from 'ignore';
import { limits } from '../limits.ts';

/** The patterns of one `.gitignore`, which count below its folder. */
interface Layer {
  folder: string;
  patterns: Ignore;
}

/**
 * The `.gitignore` files that hold for a folder, the nearest last. As in git, the nearest one that has a
 * pattern for a path decides, and nothing inside an ignored folder is looked at
 * (https://git-scm.com/docs/gitignore).
 */
export class IgnoreRules {
  readonly #layers: readonly Layer[];

  private constructor(layers: readonly Layer[]) {
    this.#layers = layers;
  }

  /** The rules at the root of a repository, its own `info/exclude` among them. */
  static atRoot(root: string): IgnoreRules {
    const exclude = layerFrom(root, join(root, '.git', 'info', 'exclude'));
    return new IgnoreRules(exclude === null ? [] : [exclude]).entering(root);
  }

  /** The rules inside a folder: these and its own. */
  entering(folder: string): IgnoreRules {
    const layer = layerFrom(folder, join(folder, '.gitignore'));
    return layer === null ? this : new IgnoreRules([...this.#layers, layer]);
  }

  ignores(path: string, isFolder: boolean): boolean {
    for (const { folder, patterns } of this.#layers.toReversed()) {
      const name = relative(folder, path).split(sep).join('/');
      const { ignored, unignored } = patterns.test(isFolder ? `${name}/` : name);
      if (ignored || unignored) return ignored;
    }
    return false;
  }
}

/** null: there is none. Like git it follows no link, and what cannot be read counts as not there. */
function layerFrom(folder: string, path: string): Layer | null {
  try {
    const stats = lstatSync(path);
    if (!stats.isFile() || stats.size > limits.gitignoreBytesMax) return null;
    const patterns = createIgnore({ ignorecase: process.platform !== 'linux' });
    return { folder, patterns: patterns.add(readFileSync(path, 'utf8')) };
  } catch {
    return null;
  }
}
