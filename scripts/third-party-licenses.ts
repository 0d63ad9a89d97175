import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

interface BundledPackage {
  name: string;
  version: string;
  license: string;
  text: string;
}

/**
 * The licences of every package of which a part got into the bundle, as the bundler saw it. A package
 * without a licence text is an error: it may not be shipped.
 */
export function thirdPartyLicenses(root: string, metafiles: readonly Metafile[]): string {
  const folders = new Set<string>();
  for (const metafile of metafiles) {
    for (const output of Object.values(metafile.outputs)) {
      for (const input of Object.keys(output.inputs)) {
        const folder = packageFolder(input);
        if (folder !== undefined) folders.add(folder);
      }
    }
  }
  const packages = [...folders].sort().map((folder) => readPackage(join(root, folder)));
  const heading =
    'LTMC contains parts of the following packages. Their licences follow, each under the name of its package.\n' +
    "The model's licence is models/LICENSE.\n";
  const rule = '-'.repeat(80);
  return [
    heading,
    ...packages.map(
      ({ name, version, license, text }) => `${rule}\n${name} ${version} (${license})\n${rule}\n\n${text}\n`,
    ),
  ].join('\n');
}

/** `node_modules/@scope/name` of a path inside it; the innermost one where packages are nested. */
function packageFolder(input: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

function readPackage(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined || license === undefined || !existsSync(join(folder, file))) {
    throw new Error(`Expected a licence in ${folder}, got none: this package may not be bundled.`);
  }
  return { name, version, license, text: readFileSync(join(folder, file), 'utf8').trim() };
}
