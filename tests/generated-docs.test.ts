import { expect, test } from 'vitest';
import { configPage } from '../scripts/docs/config-page.ts';
import { toolsPage } from '../scripts/docs/tools-page.ts';

/** `npm run docs` writes these pages anew after the code has changed. */
test('docs/tools.md says what the tools are', async () => {
  await expect(toolsPage()).toMatchFileSnapshot('../docs/tools.md');
});

test('docs/config.md says what the settings are', async () => {
  await expect(await configPage()).toMatchFileSnapshot('../docs/config.md');
});
