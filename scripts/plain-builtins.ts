import type { Plugin } from 'esbuild';

/**
 * Gives the bundle Node's own modules without their namespaces. To `import` one of them, Node reads every
 * export that it has, and so loads what lies behind each: all of the streams behind `node:fs`, the standard
 * streams behind `node:process`. Here only those that are named are read.
 */
export const plainBuiltins: Plugin = {
  name: 'plain-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'builtin', sideEffects: false } : { external: true },
    );
    onLoad({ filter: /^/, namespace: 'builtin' }, ({ path }) => ({ contents: asPlainModule(path) }));
  },
};

/** Marked pure, so that the bundler leaves out whatever nothing names. */
function asPlainModule(name: string): string {
  const exported = Object.keys(process.getBuiltinModule(name) as object).filter((key) => key !== 'default');
  return [
    `const builtin = /* @__PURE__ */ process.getBuiltinModule('${name}');`,
    'export default builtin;',
    ...exported.map((key) => `export const ${key} = /* @__PURE__ */ (() => builtin.${key})();`),
  ].join('\n');
}
