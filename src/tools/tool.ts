import * as z from 'zod';
import type { AccessScope } from '../access-scope.ts';
import type { Clock } from '../domain/clock.ts';
import type { ProjectName } from '../domain/ports.ts';
import type { Services } from '../domain/services.ts';
import type { Caller } from './caller.ts';

/** What the handlers of a server work with. */
export interface ToolContext {
  services: Services;
  /** The project of a call without a `project` argument; null is the project "none". */
  defaultProject: ProjectName;
  /** How the default project was found, as a phrase for memory_status. */
  projectReason?: string;
  now: Clock;
  /** Where the client may not see the paths of files, takes them out of a text. Absent: it may. */
  hidePaths?: (text: string) => string;
}

/** What a handler works with in one call. */
export interface CallContext extends ToolContext {
  caller: Caller;
}

/** True statements about a tool; `openWorldHint` is false for all of them. */
export interface ToolAnnotations {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
}

interface ToolText {
  /** As clients call it. */
  name: string;
  /** For people. */
  title: string;
  /** For the model: begins with when to use the tool. */
  description: string;
}

interface ToolConduct {
  annotations: ToolAnnotations;
  /**
   * The scope that a token needs: `admin` where something is removed for good. A tool that only reads also
   * forgives an unknown argument; the others refuse it.
   */
  access: AccessScope;
  /** One of the twelve that a coding agent needs daily. */
  core: boolean;
  /** Arguments of a valid call; shown when a call is refused. */
  example: Record<string, unknown>;
}

/** A tool with its types forgotten, as the dispatcher sees it. */
export interface Tool extends ToolText, ToolConduct {
  input: z.ZodObject;
  /** The handler's fields and what every answer has. */
  output: z.ZodObject;
  handler: (args: never, context: CallContext) => Promise<Record<string, unknown>>;
}

interface ToolDefinition<Input extends z.ZodRawShape, Output extends z.ZodRawShape>
  extends ToolText,
    ToolConduct {
  input: z.ZodObject<Input>;
  output: z.ZodObject<Output>;
  /** Maps arguments to the domain and its answer to the wire's names; nothing more. */
  handler: (
    args: z.output<z.ZodObject<Input>>,
    context: CallContext,
  ) => Promise<z.input<z.ZodObject<Output>>>;
}

/** Adds to a tool's output what every answer has: `success`, and `notices` where there is something to say. */
export function defineTool<Input extends z.ZodRawShape, Output extends z.ZodRawShape>(
  definition: ToolDefinition<Input, Output>,
): Tool {
  return {
    ...definition,
    output: z.object({
      success: z.literal(true),
      ...definition.output.shape,
      notices: z.array(z.string()).optional(),
    }),
  };
}
