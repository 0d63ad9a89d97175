import * as z from 'zod';
import { limits } from '../limits.ts';

/** What is wrong with one argument, in the two halves of the sentence "Expected X to be ..., got ...". */
export interface Problem {
  expected: string;
  got: string;
  /** It is right in kind and only too long. */
  tooLarge?: boolean;
}

/** The problem as an issue that keeps its words; see `problemOf`. */
export function problemIssue(problem: Problem): { code: 'custom'; params: { problem: Problem } } {
  return { code: 'custom', params: { problem } };
}

/** The words for one issue: its own where it has them, otherwise from the schema and the value at its path. */
export function problemOf(issue: z.core.$ZodIssue, schema: z.core.$ZodType, value: unknown): Problem {
  if (issue.code === 'custom' && issue.params?.problem !== undefined) {
    return issue.params.problem as Problem;
  }
  const atLeast =
    issue.code === 'too_small' && issue.origin === 'array' ? ` with at least ${issue.minimum}` : '';
  return { expected: `${describeSchema(schema)}${atLeast}`, got: describeValue(value) };
}

/** The schema inside optional, default and transforming wrappers. */
export function coreOf(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return coreOf(schema.def.innerType);
  if (schema instanceof z.ZodPipe) return coreOf(schema.def.in);
  return schema;
}

function describeSchema(schema: z.core.$ZodType): string {
  const core = coreOf(schema);
  if (core instanceof z.ZodNumber) {
    const kind = core.isInt ? 'a whole number' : 'a number';
    const [min, max] = [core.minValue, core.maxValue];
    const bounded = max !== null && max < Number.MAX_SAFE_INTEGER;
    if (min !== null && Number.isFinite(min)) {
      return bounded ? `${kind} from ${min} to ${max}` : `${kind} of at least ${min}`;
    }
    return kind;
  }
  if (core instanceof z.ZodEnum) return `one of ${describeChoices(core)}`;
  if (core instanceof z.ZodString) return 'a text';
  if (core instanceof z.ZodBoolean) return 'true or false';
  if (core instanceof z.ZodArray) {
    return `a list of ${describeItems(coreOf(core.def.element))}`;
  }
  return 'an object';
}

function describeItems(element: z.core.$ZodType): string {
  if (element instanceof z.ZodEnum) return describeChoices(element);
  if (element instanceof z.ZodString) return 'texts';
  return element instanceof z.ZodObject ? 'objects' : 'whole numbers';
}

function describeChoices({ options }: z.ZodEnum): string {
  return options.map((option) => `"${option}"`).join(', ');
}

/** A short word for a value that does not fit; long texts and the insides of objects are not repeated. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') {
    if (value === '') return 'an empty text';
    return value.length <= limits.echoedArgumentCharactersMax
      ? JSON.stringify(value)
      : `a text of ${value.length} characters`;
  }
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}
