import * as z from 'zod';
import { type ErrorCode, LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { isNothing, kindValue } from './kind-value.ts';
import { meantArgument } from './meant-argument.ts';
import { assertPlain } from './plain-value.ts';
import { coreOf, describeValue, problemOf } from './problem.ts';
import type { Tool } from './tool.ts';

export interface ParsedCall {
  args: Record<string, unknown>;
  /** What was ignored, one sentence each. */
  notices: string[];
}

/**
 * The one place where arguments are read. Afterwards they are trusted as the tool's schema types them.
 * Throws `invalid_argument` or `too_large` that names each wrong argument and shows a valid call.
 */
export function parseCall(tool: Tool, raw: unknown): ParsedCall {
  if (raw !== undefined && (typeof raw !== 'object' || raw === null || Array.isArray(raw))) {
    throw refusal(
      tool,
      'invalid_argument',
      `Expected the arguments to be an object, got ${describeValue(raw)}.`,
    );
  }
  const given = (raw ?? {}) as Record<string, unknown>;
  const notices = judgeUnknown(tool, given);

  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(tool.input.shape)) {
    if (!Object.hasOwn(given, name)) continue;
    const value = kindValue(schema, given[name]);
    if (isOptional(schema) && isNothing(value)) continue;
    assertPlain(name, value);
    values[name] = value;
  }

  const parsed = tool.input.safeParse(values);
  if (parsed.success) return { args: parsed.data, notices };
  throw wrongArguments(tool, parsed.error.issues, values, adviceOf(notices));
}

function isOptional(schema: z.core.$ZodType): boolean {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;
}

/** The call that a refusal shows; it must itself be accepted. */
export function exampleCall(tool: Tool): { name: string; arguments: Record<string, unknown> } {
  return { name: tool.name, arguments: tool.example };
}

/** An error for the caller whose hint shows a valid call. */
export function refusal(tool: Tool, code: ErrorCode, message: string, advice = ''): LtmcError {
  const example = exampleCall(tool);
  return new LtmcError(code, message, `${advice}A valid call: ${JSON.stringify(example)}`, { example });
}

/** What was ignored, for the hint of a refusal: what is missing may have come under another name. */
export function adviceOf(notices: readonly string[]): string {
  return notices.map((notice) => `${notice}${notice.endsWith('?') ? '' : '.'} `).join('');
}

/** A tool that reads ignores unknown arguments and says so; one that writes refuses them. */
function judgeUnknown(tool: Tool, given: Record<string, unknown>): string[] {
  const known = Object.keys(tool.input.shape);
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  const shown = unknown.slice(0, limits.argumentProblemsShownMax).map((name) => {
    const nearest = meantArgument(name, known);
    return { name: JSON.stringify(name.slice(0, limits.echoedArgumentCharactersMax)), nearest };
  });
  if (tool.access === 'read') {
    return shown.map(
      ({ name, nearest }) =>
        `Ignored the unknown argument ${name}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`,
    );
  }
  if (shown.length === 0) return [];
  const meant = new Set(shown.flatMap(({ nearest }) => nearest ?? []));
  throw refusal(
    tool,
    'invalid_argument',
    `Expected only arguments that ${tool.name} knows, got ${shown.map(({ name }) => name).join(', ')}.`,
    meant.size === 0 ? `It knows ${known.join(', ')}. ` : `Did you mean ${[...meant].join(', ')}? `,
  );
}

function wrongArguments(
  tool: Tool,
  issues: readonly z.core.$ZodIssue[],
  values: Record<string, unknown>,
  advice: string,
): LtmcError {
  const sentences: string[] = [];
  let code: ErrorCode = 'too_large';
  for (const issue of issues.slice(0, limits.argumentProblemsShownMax)) {
    const { name, schema, value } = place(tool, values, issue.path);
    const problem = problemOf(issue, schema, value);
    if (problem.tooLarge !== true) code = 'invalid_argument';
    sentences.push(`Expected ${name} to be ${problem.expected}, got ${problem.got}.`);
  }
  return refusal(tool, code, sentences.join(' '), advice);
}

/** What an issue's path points at: an argument, an item of a list, or a field of such an item. */
function place(
  tool: Tool,
  values: Record<string, unknown>,
  path: readonly PropertyKey[],
): { name: string; schema: z.core.$ZodType; value: unknown } {
  const [field, ...inside] = path;
  let found = {
    name: String(field),
    schema: tool.input.shape[String(field)] as z.core.$ZodType,
    value: values[String(field)],
  };
  for (const step of inside) {
    const core = coreOf(found.schema);
    const { name, value } = found;
    if (core instanceof z.ZodArray && Array.isArray(value) && typeof step === 'number') {
      found = { name: `${name}[${step}]`, schema: core.def.element, value: value[step] };
    } else if (core instanceof z.ZodObject && typeof step === 'string' && Object.hasOwn(core.shape, step)) {
      const inner = (value as Record<string, unknown>)[step];
      found = { name: `${name}.${step}`, schema: core.shape[step], value: inner };
    } else {
      break;
    }
  }
  return found;
}
