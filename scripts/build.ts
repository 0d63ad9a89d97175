/**
 * Builds `dist/`: the command, the workers, the scan kernel and the licences of what was bundled.
 *
 * All outputs are made in memory first and each file is put in place by a rename, so that a program that
 * runs from `dist/` at this moment never reads half a file. What an earlier build left is removed at the end.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import wabt from 'wabt';
import { thirdPartyLicenses } from './third-party-licenses.ts';

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');

/** CommonJS packages inside the bundle call `require` for Node's own modules; an ES module has none. */
const requireForBundledCommonJs =
  "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);";

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  write: false,
  metafile: true,
  // White space and syntax cost start-up time; names stay, so that a stack trace can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
} satisfies BuildOptions;

try {
  await buildAll();
} catch (error) {
  // Without this Node prints the source line that threw, and that of a bundled compiler is very long. What
  // esbuild finds it has printed itself.
  if (!(error instanceof Error)) console.error(error);
  else if (!('errors' in error)) console.error(error.message);
  process.exitCode = 1;
}

async function buildAll(): Promise<void> {
  // The guard is parsed by every Node that a user may have, so it is one file in old syntax.
  const guard = await build({
    ...shared,
    entryPoints: { cli: 'src/bin.ts' },
    outdir: 'dist',
    target: 'node12.20',
    external: ['./main.js'],
  });
  const program = await build({
    ...shared,
    entryPoints: {
      main: 'src/cli.ts',
      'embedding-worker': 'src/embedding/worker.ts',
      'scan-worker': 'src/storage/sqlite/scan-worker.ts',
      'swap-process': 'src/legacy/swap-process.ts',
    },
    outdir: 'dist',
    target: 'node22',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    external: ['better-sqlite3', 'onnxruntime-node'],
    // Its CommonJS form is one that no bundler can follow.
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    banner: { js: requireForBundledCommonJs },
  });

  const outputs = new Map<string, Uint8Array | string>();
  for (const file of [...guard.outputFiles, ...program.outputFiles]) {
    outputs.set(relative(dist, file.path), file.contents);
  }
  for (const name of ['scan-kernel', 'scan-kernel-relaxed'])
    outputs.set(`${name}.wasm`, await assembled(name));
  outputs.set('THIRD_PARTY_LICENSES.txt', thirdPartyLicenses(root, [guard.metafile, program.metafile]));

  for (const [name, contents] of outputs) putInPlace(join(dist, name), contents);
  removeOthers(new Set(outputs.keys()));
}

/** A loop that compares vectors, from its text form. */
async function assembled(name: string): Promise<Uint8Array> {
  const source = `src/storage/sqlite/${name}.wat`;
  const features = { simd: true, relaxed_simd: true, threads: true };
  const assembler = await wabt();
  const parsed = assembler.parseWat(source, readFileSync(join(root, source), 'utf8'), features);
  try {
    // Its declaration lacks the parameter.
    (parsed.validate as (enabled: typeof features) => void).call(parsed, features);
    return parsed.toBinary({ write_debug_names: true }).buffer;
  } finally {
    parsed.destroy();
  }
}

function putInPlace(path: string, contents: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, contents, { mode: path === join(dist, 'cli.js') ? 0o755 : 0o644 });
  renameSync(temporary, path);
}

function removeOthers(keep: ReadonlySet<string>): void {
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !keep.has(relative(dist, path)) && !path.endsWith('.tmp')) rmSync(path);
  }
}
