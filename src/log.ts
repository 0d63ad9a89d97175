/**
 * One logger. It writes JSON lines to stderr (stdout belongs to the protocol) and is never given stored text
 * or secrets: messages carry ids, sizes and codes.
 */
export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

type Fields = Record<string, string | number | boolean | undefined>;

let threshold = logLevels.indexOf('warn');

export function setLogLevel(level: LogLevel): void {
  threshold = logLevels.indexOf(level);
}

/** Errors logged by this process, whether or not the level lets them be shown. */
let errorCount = 0;

export function loggedErrors(): number {
  return errorCount;
}

/** What JSON leaves as it is and a terminal may obey or hide: DEL, C1 controls, other line ends. */
const steering = /[\u007f-\u009f\u2028\u2029]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function write(level: LogLevel, message: string, fields: Fields): void {
  if (level === 'error') errorCount++;
  if (logLevels.indexOf(level) > threshold) return;
  const line = JSON.stringify({ time: new Date().toISOString(), level, message, ...fields });
  process.stderr.write(`${line.replace(steering, escaped)}\n`);
}

export const log = {
  error: (message: string, fields: Fields = {}) => write('error', message, fields),
  warn: (message: string, fields: Fields = {}) => write('warn', message, fields),
  info: (message: string, fields: Fields = {}) => write('info', message, fields),
  debug: (message: string, fields: Fields = {}) => write('debug', message, fields),
};
