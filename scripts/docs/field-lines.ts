/** A JSON Schema as zod writes it, as far as the tools use it. */
export interface JsonSchema {
  type?: string | string[];
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  required?: string[];
}

export interface FieldLine {
  /** `memories[].file_name`; what need not be there ends with a question mark. */
  path: string;
  type: string;
  schema: JsonSchema;
}

/** Every field of an object and, behind each, the fields inside it. */
export function fieldLines(object: JsonSchema, prefix = ''): FieldLine[] {
  return Object.entries(object.properties ?? {}).flatMap(([name, schema]) => {
    const mark = object.required?.includes(name) === true ? '' : '?';
    const path = `${prefix}${name}`;
    const { inner, step } = insideOf(schema);
    const inside = inner === undefined ? [] : fieldLines(inner, `${path}${step}.`);
    return [{ path: `${path}${mark}`, type: typeOf(schema), schema }, ...inside];
  });
}

/** The object whose fields are listed behind a field, and how they are reached. */
function insideOf(schema: JsonSchema): { inner?: JsonSchema; step: string } {
  if (schema.properties !== undefined) return { inner: schema, step: '' };
  if (schema.items?.properties !== undefined) return { inner: schema.items, step: '[]' };
  const values = schema.additionalProperties;
  if (typeof values === 'object' && values.properties !== undefined) return { inner: values, step: '.*' };
  return { step: '' };
}

function typeOf(schema: JsonSchema): string {
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ type })).join(' or ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((choice) => JSON.stringify(choice)).join(', ');
  if (schema.type === 'array') return `list of ${pluralOf(typeOf(schema.items ?? {}))}`;
  if (schema.type === 'integer' || schema.type === 'number') return numberType(schema);
  return schema.type === 'string' ? 'text' : (schema.type ?? 'anything');
}

function pluralOf(type: string): string {
  return /^(text|object|number|whole number)$/.test(type) ? `${type}s` : type;
}

function numberType({ type, minimum, maximum }: JsonSchema): string {
  const kind = type === 'integer' ? 'whole number' : 'number';
  const low = bounded(minimum);
  const high = bounded(maximum);
  if (low !== undefined && high !== undefined) return `${kind} from ${low} to ${high}`;
  return low === undefined ? kind : `${kind} of at least ${low}`;
}

/** zod writes the largest safe integer where there is no bound. */
function bounded(bound: number | undefined): number | undefined {
  return bound === undefined || Math.abs(bound) === Number.MAX_SAFE_INTEGER ? undefined : bound;
}
