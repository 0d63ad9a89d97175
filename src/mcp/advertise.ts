import * as z from 'zod';
import type { Tool } from '../tools/tool.ts';

/** A tool as `tools/list` shows it. */
export interface AdvertisedTool {
  name: string;
  title: string;
  description: string;
  inputSchema: Record<string, unknown>;
  outputSchema: Record<string, unknown>;
  annotations: Record<string, boolean>;
}

/**
 * What clients are told of a tool. The schemas are plain JSON Schema 2020-12 that every client understands;
 * lengths are left out (a refusal names them), because each client pays for every byte at every start.
 * This runs when the list is written (see tests/mcp/advertised-tools.test.ts), not when the server starts.
 */
export function advertise(tool: Tool): AdvertisedTool {
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: plain(z.toJSONSchema(tool.input, { io: 'input' })),
    outputSchema: outline(plain(z.toJSONSchema(tool.output, { io: 'input' }))),
    annotations: { ...tool.annotations, openWorldHint: false },
  };
}

/**
 * What every answer of a tool has, without the insides of lists and objects: true of each answer, and a third of
 * the whole, which models are not shown anyway. docs/tools.md has every field.
 */
function outline(schema: Record<string, unknown>): Record<string, unknown> {
  const fields = schema.properties as Record<string, Record<string, unknown>>;
  const always = schema.required as string[];
  return {
    type: 'object',
    properties: Object.fromEntries(always.map((name) => [name, typeAlone(fields[name] ?? {})])),
  };
}

function typeAlone({ type, anyOf }: Record<string, unknown>): Record<string, unknown> {
  return type === undefined ? { anyOf } : { type };
}

/** Without what says nothing: the dialect (2020-12 is the default) and zod's own bounds of a whole number. */
function plain(schema: object): Record<string, unknown> {
  const kept = Object.entries(schema).filter(
    ([keyword, value]) =>
      keyword !== '$schema' &&
      keyword !== 'propertyNames' &&
      !(keyword === 'additionalProperties' && Object.keys(value).length === 0) &&
      Math.abs(value) !== Number.MAX_SAFE_INTEGER,
  );
  const { type, ...rest } = Object.fromEntries(kept.map(([keyword, value]) => [keyword, plainValue(value)]));
  if (type === undefined) return rest;
  // Some clients know only one `type` a schema; a list of them is the same as this.
  return Array.isArray(type) ? { anyOf: type.map((each) => ({ type: each })), ...rest } : { type, ...rest };
}

function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  return typeof value === 'object' && value !== null ? plain(value) : value;
}
