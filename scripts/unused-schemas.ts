import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/**
 * Lets the bundler leave out the schemas of the MCP SDK that nothing uses. When it is loaded, the SDK builds
 * one for each type of the protocol, nearly two hundred, and two tables of all of them; a server uses a
 * quarter and neither table. Building a schema only makes a value, which is said here; what is used stays
 * as it is.
 */
export const unusedSchemas: Plugin = {
  name: 'unused-schemas',
  setup({ onLoad }) {
    const changed = (file: RegExp, change: (source: string) => string) =>
      onLoad({ filter: file }, ({ path }) => {
        const source = readFileSync(path, 'utf8');
        const contents = change(source);
        // A later SDK may be written otherwise, or need none of this.
        if (contents === source) throw new Error(`Expected schemas of the MCP SDK in ${path}; found none.`);
        return { contents };
      });
    changed(/@modelcontextprotocol.core.dist.(schemas|auth)-[^.]+\.mjs$/, withPureSchemas);
    changed(/@modelcontextprotocol.server.dist.src-[^.]+\.mjs$/, withPureTables);
  },
};

function withPureSchemas(source: string): string {
  // Each declaration ends where the next line is one of the file's own, not of the declaration's.
  return source.replace(
    /^const (\w+Schema) = ((?:z|\w+Schema)\.[\s\S]+?);(?=\n(?:\n|\/\*\*|\/\/|const |function |export ))/gm,
    'const $1 = /* @__PURE__ */ (() => $2)();',
  );
}

function withPureTables(source: string): string {
  return source.replace(
    /^const _specTypeSchemas = [\s\S]+?^const isSpecType = .+;$/m,
    `const tablesOfSchemas = /* @__PURE__ */ (() => {
$&
return { specTypeSchemas, isSpecType };
})();
const specTypeSchemas = /* @__PURE__ */ (() => tablesOfSchemas.specTypeSchemas)();
const isSpecType = /* @__PURE__ */ (() => tablesOfSchemas.isSpecType)();`,
  );
}
