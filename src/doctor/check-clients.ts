import type { Finding } from '../domain/checkup.ts';
import { LtmcError } from '../errors.ts';
import { readClientFile } from '../setup/client-file.ts';
import { type Client, type ClientSurroundings, clients } from '../setup/clients.ts';
import { hookEntries } from '../setup/hooks-config.ts';
import { jsonEntry } from '../setup/json-config.ts';
import { tomlEntry } from '../setup/toml-config.ts';
import { pathsOf } from '../user-folders.ts';

export interface ClientChecks {
  surroundings: ClientSurroundings;
  isFile(path: string): boolean;
}

/** Configurations that name LTMC by files that are not there. */
export function checkClients({ surroundings, isFile }: ClientChecks): Finding[] {
  return clients.flatMap((client) => {
    const hooks = client.hooksFile?.(surroundings);
    return [
      ...serverFindings({ surroundings, isFile }, client),
      ...(hooks === undefined ? [] : hookFindings({ surroundings, isFile }, client, hooks)),
    ];
  });
}

function serverFindings({ surroundings, isFile }: ClientChecks, client: Client): Finding[] {
  return reading(client, client.configFile(surroundings), (text, path) => {
    const { format } = client;
    const entry = format.kind === 'json' ? jsonEntry(text, format) : tomlEntry(text);
    const missing = filesOf(entry, surroundings.platform).filter((file) => !isFile(file));
    return missing.length === 0 ? [] : [pointsNowhere(client, path, missing)];
  });
}

function hookFindings({ surroundings, isFile }: ClientChecks, client: Client, file: string): Finding[] {
  return reading(client, file, (text, path) => {
    const files = hookEntries(text).flatMap((entry) => filesOf(entry, surroundings.platform));
    const missing = [...new Set(files)].filter((one) => !isFile(one));
    if (missing.length === 0) return [];
    return [
      {
        code: 'hooks_point_nowhere',
        level: 'problem',
        count: missing.length,
        message: `hooks of ${client.title} call ltmc by files that are not there: ${missing.join(', ')} (in ${path})`,
        hint: `Run: ltmc setup ${client.name} --hooks`,
        repairable: false,
      },
    ];
  });
}

function reading(client: Client, file: string, look: (text: string, path: string) => Finding[]): Finding[] {
  try {
    return look(readClientFile(file).text, file);
  } catch (thrown) {
    if (!(thrown instanceof LtmcError)) throw thrown;
    return [unreadable(client, file, thrown)];
  }
}

/** Absolute paths of the program and of what it runs; a bare name is looked up by the client, a value is no program. */
function filesOf(entry: unknown, platform: NodeJS.Platform): string[] {
  if (typeof entry !== 'object' || entry === null) return [];
  const { command, args } = entry as { command?: unknown; args?: unknown };
  const first: unknown = Array.isArray(args) ? args[0] : undefined;
  return [command, first].filter(
    (word): word is string =>
      typeof word === 'string' &&
      pathsOf(platform).isAbsolute(word) &&
      // `cmd /c`
      !/^\/[a-z]$/i.test(word),
  );
}

function pointsNowhere({ name, title }: Client, path: string, missing: readonly string[]): Finding {
  return {
    code: 'client_points_nowhere',
    level: 'problem',
    count: missing.length,
    message: `${title} starts ltmc by files that are not there: ${missing.join(', ')} (in ${path})`,
    hint: `Run: ltmc setup ${name}`,
    repairable: false,
  };
}

function unreadable({ title }: Client, path: string, error: LtmcError): Finding {
  return {
    code: 'client_unreadable',
    level: 'notice',
    count: 1,
    message: `the configuration of ${title} cannot be read (${path}): ${error.message}`,
    hint: error.hint,
    repairable: false,
  };
}
