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
 * The licences of every package of which a part got into the bundle, as the bundler saw it, and of the
 * packages whose code those packages had already taken in. A package without a licence text is an error: it
 * may not be shipped.
 */
export function thirdPartyLicenses(root: string, metafiles: readonly Metafile[]): string {
  const inputs = new Set<string>();
  for (const metafile of metafiles) {
    for (const output of Object.values(metafile.outputs)) {
      for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
        if (bytesInOutput > 0) inputs.add(input);
      }
    }
  }
  const packages = new Map<string, BundledPackage>();
  for (const input of [...inputs].sort()) {
    const folder = packageFolder(input);
    if (folder === undefined) continue;
    const found = packages.get(folder) ?? readPackage(join(root, folder));
    packages.set(folder, found);
    for (const embedded of embeddedPackages(join(root, input), found.name)) {
      packages.set(`${embedded.name}@${embedded.version}`, embedded);
    }
  }
  const rule = '-'.repeat(80);
  return [
    'LTMC contains parts of the following packages. Their licences follow, each under the name of its package.\n' +
      "The model's licence is models/LICENSE.\n",
    ...[...packages.values()].map(
      ({ name, version, license, text }) => `${rule}\n${name} ${version} (${license})\n${rule}\n\n${text}\n`,
    ),
  ].join('\n');
}

/** Other packages' code inside a published file, by the marks that its own bundler left. */
function embeddedPackages(file: string, holder: string): BundledPackage[] {
  const marks = readFileSync(file, 'utf8').matchAll(
    /^\/\/#region .*\/\.pnpm\/((?:@[^/+]+\+)?[^/@]+)@([^/_]+)/gm,
  );
  const versions = new Map(
    [...marks].map(([, name = '', version = '']) => [name.replace('+', '/'), version]),
  );
  return [...versions].map(([name, version]) => ({
    name,
    version,
    license: `part of ${holder}`,
    text: readFileSync(
      join(import.meta.dirname, 'embedded-licenses', `${name.replace('/', '+')}.txt`),
      'utf8',
    ).trim(),
  }));
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
