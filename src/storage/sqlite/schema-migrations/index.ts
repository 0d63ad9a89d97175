import type { SchemaMigration } from '../schema-migration.ts';
import { initialSchema } from './m001-initial.ts';

/** Every schema step in order; the version of the last one is the version this program writes. */
export const schemaMigrations: readonly SchemaMigration[] = [initialSchema];
