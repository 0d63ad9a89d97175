import { analyzeCommand } from './analyze.ts';
import { backupCommand } from './backup.ts';
import type { Command } from './command.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { forgetCommand } from './forget.ts';
import { helpCommand } from './help.ts';
import { hookCommand } from './hook.ts';
import { importCommand } from './import.ts';
import { ingestCommand } from './ingest.ts';
import { listCommand } from './list.ts';
import { migrateCommand } from './migrate.ts';
import { patternsCommand } from './patterns.ts';
import { recordCommand } from './record.ts';
import { restoreCommand } from './restore.ts';
import { rollbackCommand } from './rollback.ts';
import { searchCommand } from './search.ts';
import { serveCommand } from './serve.ts';
import { setupCommand } from './setup.ts';
import { showCommand } from './show.ts';
import { tokenCommand } from './token.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  serveCommand,
  setupCommand,
  demoCommand,
  recordCommand,
  ingestCommand,
  searchCommand,
  patternsCommand,
  analyzeCommand,
  listCommand,
  showCommand,
  forgetCommand,
  hookCommand,
  migrateCommand,
  rollbackCommand,
  backupCommand,
  restoreCommand,
  exportCommand,
  importCommand,
  doctorCommand,
  tokenCommand,
  helpCommand(() => commands),
];
