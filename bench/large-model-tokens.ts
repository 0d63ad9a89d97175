import { join } from 'node:path';
import { installedPackage } from './installed-package.ts';

/** Counts tokens as a large model's tokenizer does (o200k_base). */
export async function largeModelTokens(): Promise<(text: string) => number> {
  const folder = installedPackage('gpt-tokenizer', '3.4.0');
  const { encode } = (await import(join(folder, 'esm', 'main.js'))) as { encode(text: string): number[] };
  return (text) => encode(text).length;
}
