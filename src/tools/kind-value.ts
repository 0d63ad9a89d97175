import * as z from 'zod';
import { coreOf } from './problem.ts';

/**
 * Reads a value kindly where nothing can be lost: a whole number in a string, a list or object as a JSON
 * string, comma text for a list of words, enum letters in any case; the same inside the objects of a list.
 * Anything else comes back as it is, for the schema to judge.
 */
export function kindValue(schema: z.core.$ZodType, value: unknown): unknown {
  const core = coreOf(schema);
  if (core instanceof z.ZodArray) return kindList(core, value);
  if (core instanceof z.ZodObject) return kindObject(core, value);
  if (typeof value !== 'string') return value;
  if (core instanceof z.ZodNumber) return wholeNumber(value) ?? value;
  if (core instanceof z.ZodEnum) {
    const wanted = value.trim().toLowerCase();
    return core.options.find((option) => String(option).toLowerCase() === wanted) ?? value;
  }
  if (core instanceof z.ZodRecord) return jsonOf(value, '{') ?? value;
  return value;
}

/** null, "" and [] (and white space alone) for an optional argument mean that it was not given. */
export function isNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === 'string') return value.trim() === '';
  return Array.isArray(value) && value.length === 0;
}

function kindList(schema: z.ZodArray, value: unknown): unknown {
  const element = schema.def.element;
  let list = value;
  if (typeof value === 'string') {
    const item = coreOf(element);
    const isWords = item instanceof z.ZodString || item instanceof z.ZodEnum;
    list = jsonOf(value, '[') ?? (isWords ? commaList(value) : value);
  }
  return Array.isArray(list) ? list.map((item) => kindValue(element, item)) : list;
}

function kindObject(schema: z.ZodObject, value: unknown): unknown {
  const object = typeof value === 'string' ? (jsonOf(value, '{') ?? value) : value;
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return object;
  const fields = Object.entries(object).flatMap(([name, given]): [string, unknown][] => {
    const field = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined;
    if (field === undefined) return [[name, given]];
    const kind = kindValue(field, given);
    return field instanceof z.ZodOptional && isNothing(kind) ? [] : [[name, kind]];
  });
  return Object.fromEntries(fields);
}

function commaList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function wholeNumber(text: string): number | undefined {
  if (!/^\s*[+-]?[0-9]{1,16}\s*$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}

function jsonOf(text: string, opening: '[' | '{'): unknown {
  if (!text.trimStart().startsWith(opening)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
