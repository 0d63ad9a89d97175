import { createHmac } from 'node:crypto';
import { limits } from '../limits.ts';
import { isExample, type SecretFormat, secretFormats } from './secret-formats.ts';

export interface MaskedText {
  text: string;
  /** What was masked, each kind once, in the order of first sight. */
  masked: { kind: string; count: number }[];
}

/**
 * The text with every secret of a known format replaced by `[masked:<kind>:<4 hex digits>]`. The digits are
 * from an HMAC-SHA-256 of the secret under `key`: the same secret reads the same within one database and
 * cannot be guessed from its mask. Documented example keys stay. Masking a masked text changes nothing.
 * Takes time linear in the text and never throws.
 */
export function maskSecrets(text: string, key: Uint8Array): MaskedText {
  const counts = new Map<string, number>();
  const mask = (kind: string, secret: string): string => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return `[masked:${kind}:${createHmac('sha256', key).update(secret).digest('hex').slice(0, 4)}]`;
  };
  let current = text;
  // A mask can free its neighbour: two secrets glued together have a boundary between them afterwards.
  for (let pass = 0; pass < limits.maskPassesMax; pass += 1) {
    const before = current;
    const lowered = current.toLowerCase();
    if (lowered.includes('private')) current = maskPrivateKeys(current, mask);
    if (lowered.includes('://')) current = maskUrlPasswords(current, mask);
    for (const format of secretFormats) {
      if (format.anchors.some((anchor) => lowered.includes(anchor))) {
        current = maskFormat(current, format, mask);
      }
    }
    if (current === before) break;
  }
  return { text: current, masked: [...counts].map(([kind, count]) => ({ kind, count })) };
}

type Mask = (kind: string, secret: string) => string;

function maskFormat(text: string, format: SecretFormat, mask: Mask): string {
  return text.replace(format.pattern, (...found: unknown[]) => {
    const whole = found[0] as string;
    const last = found[found.length - 1];
    const groups = typeof last === 'object' && last !== null ? (last as { secret?: string }) : {};
    const secret = groups.secret ?? whole;
    if (isExample(secret) || format.holds?.(secret) === false) return whole;
    // The secret is always the last thing that a pattern matches.
    return whole.slice(0, whole.length - secret.length) + mask(format.kind, secret);
  });
}

const keyHeader = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const keyBodyRun = /[A-Za-z0-9+/]{40}/;
/** One base64 line after a header whose end was cut off; the line break may be written as an escape. */
const cutKeyLine = /[\s"',]{0,80}(?:\\[nr]){0,4}[\s"',]{0,80}[A-Za-z0-9+/]{24,}={0,2}/y;
const puttyKey: SecretFormat = {
  kind: 'private-key',
  anchors: ['private-lines: '],
  pattern: /Private-Lines: [0-9]{1,4}\s{1,2}(?<secret>[A-Za-z0-9+/=\r\n]{40,})/g,
};

/** Whole PEM and OpenPGP private key blocks. A header without key material is only a mention, and stays. */
function maskPrivateKeys(text: string, mask: Mask): string {
  const parts: string[] = [];
  let done = 0;
  let nextEnd = text.indexOf('-----END ');
  keyHeader.lastIndex = 0;
  for (let header = keyHeader.exec(text); header !== null; header = keyHeader.exec(text)) {
    const bodyStart = header.index + header[0].length;
    if (nextEnd !== -1 && nextEnd < bodyStart) nextEnd = text.indexOf('-----END ', bodyStart);
    let stop = -1;
    const body =
      nextEnd === -1
        ? ''
        : text.slice(bodyStart, Math.min(nextEnd, bodyStart + limits.privateKeyCharactersMax));
    if (body !== '' && !body.includes('-----BEGIN ') && keyBodyRun.test(body)) {
      const close = text.indexOf('-----', nextEnd + 9);
      stop = close === -1 || close > nextEnd + 60 ? nextEnd + 8 : close + 5;
    } else {
      cutKeyLine.lastIndex = bodyStart;
      while (cutKeyLine.test(text)) stop = cutKeyLine.lastIndex;
    }
    if (stop === -1) continue;
    parts.push(text.slice(done, header.index), mask('private-key', text.slice(header.index, stop)));
    done = stop;
    keyHeader.lastIndex = stop;
  }
  return maskFormat(parts.join('') + text.slice(done), puttyKey, mask);
}

const authority = /(?<=[A-Za-z0-9+.-]:\/\/)[^\s/"'`<>?#\\,()|]{1,600}/g;
const commonPlaceholder = /^(?:password|passwd|pass|pwd|pw|\.+|\*+|x+|-+)$/i;

/** `scheme://user:password@host`. A password equal to the user's name is a default, not a secret. */
function maskUrlPasswords(text: string, mask: Mask): string {
  return text.replace(authority, (whole: string) => {
    const at = whole.lastIndexOf('@');
    const colon = whole.indexOf(':');
    if (at < 0 || colon < 0 || colon + 1 >= at) return whole;
    const password = whole.slice(colon + 1, at);
    const user = whole.slice(0, colon);
    if (password === user || commonPlaceholder.test(password) || isExample(password)) return whole;
    return `${whole.slice(0, colon + 1)}${mask('url-password', password)}${whole.slice(at)}`;
  });
}
