import { basename } from 'node:path';
import { Script } from 'node:vm';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/**
 * The MCP SDK and zod as a script of their own, whose compiled code `src/kept-script.ts` keeps, and the plugin
 * that gives it to the rest of the program in place of the packages.
 */
export async function keptLibrary(options: BuildOptions & { absWorkingDir: string }) {
  const library = await build({
    ...options,
    entryPoints: ['scripts/protocol-library.ts'],
    outdir: 'dist',
    entryNames: '[name]-[hash]',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    write: false,
    metafile: true,
    banner: { js: '(function(module,require){' },
    footer: { js: '})' },
  });
  const [file] = library.outputFiles;
  if (file === undefined) throw new Error('Expected the library to be one file; got none.');
  const names = exportsOf(file.text);
  const loading = `
    import { join } from 'node:path';
    import { runKept } from './src/kept-script.ts';
    import { packageRoot } from './src/package-root.ts';
    const library = runKept(join(packageRoot, 'dist', '${basename(file.path)}'));
    const { ${names.map((name) => `${name}: of_${name}`)} } = library;
    export { ${names.map((name) => `of_${name} as ${name}`)} };`;
  const plugin: Plugin = {
    name: 'kept-library',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^(zod|@modelcontextprotocol\/server(\/stdio)?)$/ }, () => ({
        path: 'protocol-library',
        namespace: 'kept',
      }));
      onLoad({ filter: /^/, namespace: 'kept' }, () => ({
        contents: loading,
        resolveDir: options.absWorkingDir,
      }));
    },
  };
  return { library, plugin };
}

function exportsOf(script: string): string[] {
  const module = { exports: {} };
  new Script(script).runInThisContext()(module);
  return Object.keys(module.exports);
}
