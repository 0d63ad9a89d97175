import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/package-root.ts';
import { machine } from './measure.ts';

/** The raw values of one run of a bench, as they are kept in bench/results: tables and plots are made of them. */
export interface Results<Raw> {
  command: string;
  machine: string;
  /** The day, as YYYY-MM-DD. */
  measured: string;
  raw: Raw;
}

const folder = join(packageRoot, 'bench', 'results');

/** Keeps what a run measured, in place of the run before. Numbers keep four digits: no bench here knows more. */
export function writeResults<Raw>(name: string, command: string, raw: Raw): string {
  const results: Results<Raw> = { command, machine: machine(), measured: today(), raw };
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  const rounded = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
  // A list of numbers stands on one line, so that a change of the file can be read.
  const json = JSON.stringify(results, rounded, 1).replace(/\[[-\d.eE+,\s]*\]/g, (list) =>
    list.replace(/\s+/g, ''),
  );
  writeFileSync(path, `${json}\n`);
  return path;
}

export function readResults<Raw>(name: string): Results<Raw> {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Results<Raw>;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
