import { chunkText, joinChunks } from '/work/main/src/domain/chunking.ts';
import { upperBoundTokenMap } from '/work/main/src/domain/token-bound.ts';
import { readFileSync } from 'node:fs';
// map as WordPiece would about: 1 token per word/punct + whitespace pieces
function wordMap(text: string) {
  const ends: number[] = [], tokens: number[] = [];
  for (const m of text.matchAll(/\s+|[\p{L}\p{N}]+|./gsu)) { ends.push(m.index + m[0].length); tokens.push(/^\s/.test(m[0]) ? 0 : Math.ceil(m[0].length / 6)); }
  return { ends: Uint32Array.from(ends), tokens: Uint32Array.from(tokens) };
}
for (const f of process.argv.slice(2)) {
  const t = readFileSync(f, 'utf8');
  const m = wordMap(t);
  const cs = chunkText(t, m);
  console.log(f, t.length, cs.length, joinChunks(cs) === t);
  const tok = (s: string) => wordMap(s).tokens.reduce((a, b) => a + b, 0);
  let prev = 0;
  for (const c of cs) { console.log('-----', tok(c.text), 'ov', prev - c.start); prev = c.end; console.log(JSON.stringify(c.text.slice(0, 90)), '...', JSON.stringify(c.text.slice(-60))); }
}
for (const big of ['word '.repeat(200000), 'a'.repeat(1e6), '\n'.repeat(1e6), '. '.repeat(500000), '😀'.repeat(500000), 'Sentence one here. Another one there!\n\n# Head\n\nconst x = 1;\n'.repeat(17000)]) {
  for (const mm of [wordMap, upperBoundTokenMap]) {
  const t0 = performance.now(); const m = mm(big); const t1 = performance.now(); const cs = chunkText(big, m); const t2 = performance.now();
  console.log(big.slice(0, 10), big.length, 'map', (t1 - t0).toFixed(), 'chunk', (t2 - t1).toFixed(), cs.length, joinChunks(cs) === big);
  }
}
{ const t='Some words of a line, here. And more.\n\n'.repeat(530000); const t0=performance.now(); const m=upperBoundTokenMap(t); const cs=chunkText(t,m); console.log('20MB', t.length, performance.now()-t0, cs.length, joinChunks(cs)===t, process.memoryUsage().rss/1e6); }
{ const t='漢字가a\u0301한'.repeat(160000); const t0=performance.now(); const m=upperBoundTokenMap(t);const t1=performance.now(); const cs=chunkText(t,m); console.log('1MB uni', t.length, t1-t0, performance.now()-t1, cs.length, joinChunks(cs)===t); }
