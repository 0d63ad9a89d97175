import * as z from 'zod';
import { tools } from '../../src/tools/index.ts';
import type { Tool } from '../../src/tools/tool.ts';
import { type FieldLine, fieldLines, type JsonSchema } from './field-lines.ts';

const introduction = `# Tools

<!-- Written from the code by \`npm run docs\`; do not edit by hand. -->

${tools.length} tools. Those marked with * are what a coding agent needs daily; \`LTMC_TOOLS=core\` lists them alone, and the others
stay callable. Reads see the project of the working directory and rows without a project; \`project: "*"\` sees all.

Every answer has \`success: true\` and, where something was ignored, \`notices\`. A refusal is an error result with
\`{success: false, error, code, hint}\` and, for wrong arguments, an \`example\` of a call that is accepted. The output
schemas that clients are sent name the fields that every answer has; the tables here name all of them. A name that ends
with a question mark is optional.`;

/** docs/tools.md */
export function toolsPage(): string {
  const list = tools.map(
    (tool) => `- [${tool.name}](#${tool.name})${tool.core ? ' *' : ''}: ${lowerFirst(tool.title)}`,
  );
  return `${[introduction, list.join('\n'), ...tools.map(section)].join('\n\n')}\n`;
}

function section(tool: Tool): string {
  const input = fieldLines(z.toJSONSchema(tool.input, { io: 'input' }) as JsonSchema);
  const output = fieldLines(z.toJSONSchema(tool.output, { io: 'input' }) as JsonSchema);
  const own = output.filter(({ path }) => path !== 'success' && path !== 'notices?');
  return [
    `## ${tool.name}`,
    tool.description,
    `${conduct(tool)} Scope over HTTP: ${tool.access}.`,
    table(['argument', 'type', ''], input.map(argumentRow)),
    table(
      ['in the answer', 'type'],
      own.map(({ path, type }) => [code(path), type]),
    ),
    `\`\`\`json\n${JSON.stringify({ name: tool.name, arguments: tool.example })}\n\`\`\``,
  ].join('\n\n');
}

function conduct({ annotations }: Tool): string {
  if (annotations.readOnlyHint) return 'Reads only.';
  const again = annotations.idempotentHint ? 'the same call again changes nothing more' : 'each call adds';
  return annotations.destructiveHint ? `Removes for good; ${again}.` : `Writes; ${again}.`;
}

function argumentRow({ path, type, schema }: FieldLine): string[] {
  const notes = [
    schema.default === undefined ? '' : `default ${JSON.stringify(schema.default)}`,
    schema.description ?? '',
  ];
  return [code(path), type, notes.filter((note) => note !== '').join('; ')];
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(heads: string[], rows: string[][]): string {
  const lines = [heads, heads.map(() => '---'), ...rows];
  return lines
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
