import { expect, test } from 'vitest';
import { repairedLines } from '../../src/domain/repaired-lines.ts';
import { changedLines, isTreeChange } from '../../src/domain/tree-change.ts';

const change = [
  'diff --git a/src/time.py b/src/time.py',
  'index 314441b..908b882 100644',
  '--- a/src/time.py',
  '+++ b/src/time.py',
  '@@ -1,4 +1,4 @@ def hours(text):',
  ' def hours(text):',
  '-    return int(text[:1])',
  '+    return int(text[:2])',
  '--- a lone comment of SQL',
  'diff --git a/new.py b/new.py',
  'new file mode 100644',
  '--- /dev/null',
  '+++ b/new.py',
  '@@ -0,0 +1 @@',
  '+zone = "UTC"',
].join('\n');

test('only what git writes is a change', () => {
  expect(isTreeChange(change)).toBe(true);
  expect(isTreeChange(`# ${change}`)).toBe(false);
  expect(isTreeChange('--- a\n+++ b')).toBe(false);
  expect(isTreeChange('')).toBe(false);
});

test('the lines of a change are those of its hunks', () => {
  expect(changedLines(change)).toEqual({
    removed: '    return int(text[:1])\n-- a lone comment of SQL',
    added: '    return int(text[:2])\nzone = "UTC"',
  });
});

test('a repair that is a change says itself what it did, whatever the failure looked like', () => {
  const { removed, added } = repairedLines('anything at all', change);
  expect([...removed]).toContain('returnint(text[:1])');
  expect([...added]).toEqual(['returnint(text[:2])', 'zone="UTC"']);
});
