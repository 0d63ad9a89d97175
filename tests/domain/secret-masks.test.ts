import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskSecrets } from '../../src/domain/secret-masks.ts';

const key = new Uint8Array(32).fill(7);
const alphabet = 'aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zCfI';
/** Characters that look drawn at random; made here so that no file holds a whole token. */
const some = (length: number, letters = alphabet) =>
  Array.from(
    { length },
    (_, index) => letters[(index * 7 + 3 + Math.floor(index / letters.length)) % letters.length],
  ).join('');
const hex = (length: number) => some(length, '4a9f0c7e2b8d6135');
const base64url = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const pem = (label: string) =>
  [
    `-----BEGIN ${label}-----`,
    some(64),
    some(64).split('').reverse().join(''),
    `${some(42)}==`,
    `-----END ${label}-----`,
  ].join('\n');

const jwt = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({ sub: 'u-1', scope: 'write' })}.${some(43)}`;

/** [kind, secret, and the text it stands in with `@` for it (default: `token: @`)] */
const secrets: [string, string, string?][] = [
  ['private-key', pem('RSA PRIVATE KEY')],
  ['private-key', pem('OPENSSH PRIVATE KEY'), 'key file:\n@\nend'],
  ['private-key', pem('PGP PRIVATE KEY BLOCK')],
  ['private-key', pem('PRIVATE KEY').replaceAll('\n', '\\n'), '{"private_key": "@"}'],
  ['private-key', pem('EC PRIVATE KEY').split('\n').slice(0, 3).join('\n'), '@'],
  ['aws-access-key', `AKIA${some(16, 'QZ2X7YCT3B')}`],
  ['aws-secret-key', some(40, `${alphabet}/+`), 'aws_secret_access_key = @'],
  ['aws-secret-key', some(40, `${alphabet}/+`), '{"SecretAccessKey": "@"}'],
  ['google-api-key', `AIza${some(35)}`, 'https://maps.test/js?key=@&v=3'],
  ['google-oauth-secret', `GOCSPX-${some(28)}`],
  ['azure-storage-key', `${some(86)}==`, 'AccountName=a;AccountKey=@;EndpointSuffix=x'],
  ['digitalocean-token', `dop_v1_${hex(64)}`],
  ['vault-token', `hvs.${some(24)}`],
  [
    'github-token',
    `ghp_${some(36)}`,
    'git clone https://x-access-token:@ ok'.replace('https://x-access-token:', ''),
  ],
  ['ltmc-token', `ltmc_${some(43)}`],
  ['github-token', `github_pat_${some(22)}_${some(59)}`],
  ['gitlab-token', `glpat-${some(20)}`],
  ['npm-token', `npm_${some(36)}`, '//registry.test/:_authToken=@'],
  ['npm-token', some(36), '//registry.test/:_authToken=@'],
  ['pypi-token', `pypi-AgEIcHlwaS5vcmcCJ${some(60)}`],
  ['anthropic-key', `sk-ant-api03-${some(93)}-AA`],
  ['openai-key', `sk-proj-${some(80)}`],
  ['openai-key', `sk-${some(20)}T3BlbkFJ${some(20)}`],
  ['huggingface-token', `hf_${some(34)}`],
  ['slack-token', `xoxb-${some(12, '1234567890')}-${some(12, '1234567890')}-${some(24)}`],
  ['slack-webhook', `T${some(8)}/B${some(8)}/${some(24)}`, 'https://hooks.slack.com/services/@'],
  ['telegram-token', `${some(9, '123456789')}:AA${some(33)}`],
  ['discord-token', `${base64url('198622483471925248')}.${some(6)}.${some(27)}`],
  ['sendgrid-key', `SG.${some(22)}.${some(43)}`],
  ['twilio-key', `SK${hex(32)}`],
  ['stripe-key', `sk_live_${some(24)}`],
  ['shopify-token', `shpat_${hex(32)}`],
  ['jwt', jwt],
  ['authorization-header', `${some(30)}`, 'Authorization: Bearer @'],
  ['authorization-header', Buffer.from('ann:hunter2').toString('base64'), "-H 'Authorization: Basic @'"],
  ['url-password', 'hunter2', 'postgres://ann:@@db.internal:5432/app'],
  ['url-password', 'p@ss%40w:ord', 'DATABASE_URL="mysql://ann:@@10.0.0.5/app"'],
  ['connection-string-password', 'hunter2!', 'Server=db;User Id=sa;Password=@;Encrypt=true'],
];

describe('secrets of known formats', () => {
  test.each(secrets)('%s is masked, and the text around it stays', (kind, secret, text = 'token: @') => {
    const [before, after] = [text.slice(0, text.indexOf('@')), text.slice(text.indexOf('@') + 1)];
    const masked = maskSecrets(before + secret + after, key);
    expect(masked.masked).toEqual([{ kind, count: 1 }]);
    expect(masked.text.startsWith(`${before}[masked:${kind}:`)).toBe(true);
    expect(masked.text.slice(before.length)).toMatch(/^\[masked:[a-z-]+:[0-9a-f]{4}\]/);
    expect(masked.text.endsWith(`]${after}`)).toBe(true);
  });

  test('the fingerprint tells secrets apart and depends on the key', () => {
    const [one, two] = [`ghp_${some(36)}`, `ghp_${some(37).slice(1)}`];
    const text = `${one} ${two} ${one}`;
    const [a, b, c] = maskSecrets(text, key).text.split(' ');
    expect(a).toBe(c);
    expect(a).not.toBe(b);
    expect(maskSecrets(text, new Uint8Array(32)).text.split(' ')[0]).not.toBe(a);
    expect(maskSecrets(text, key).masked).toEqual([{ kind: 'github-token', count: 3 }]);
  });
});

describe('what stays', () => {
  test.each([
    [
      'the documented AWS keys',
      'AKIAIOSFODNN7EXAMPLE and aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    ],
    ['a placeholder', `ghp_${'x'.repeat(36)} sk-ant-your-api-key-goes-here sk-proj-${'0'.repeat(48)}`],
    ['random letters without a format', `${some(40)} ${hex(64)} ${some(88)}==`],
    ['a commit, a UUID and a hash', `${hex(40)} 123e4567-e89b-12d3-a456-426614174000 sha512-${some(86)}==`],
    [
      'a mention of a private key',
      'if text.startswith("-----BEGIN PRIVATE KEY-----"):\n    load(text)\n# up to -----END PRIVATE KEY-----',
    ],
    ['a public key', pem('PUBLIC KEY')],
    [
      'a URL with a variable',
      'postgres://app:$DB_PASSWORD@db/app postgres://u:<password>@h f"http://{u}:{p}@h" "amqp://%s:%s@%s"',
    ],
    [
      'a URL without a password',
      'https://example.org:8080/a@b git@host.test:owner/name.git http://user@host/',
    ],
    [
      'a default that is no secret',
      'postgres://postgres:postgres@localhost/test postgres://user:password@localhost',
    ],
    ['a long chain of names', 'NotificationServiceFactory.create.builderForTheNextThingToDo()'],
    ['code about headers', "headers['Authorization'] = 'Bearer ' + token; Authorization: Bearer $TOKEN"],
    [
      'names that begin like tokens',
      'sk-fading-circle key-value npm_config_registry hf_hub_download xoxo SG.name',
    ],
  ])('%s', (_name, text) => {
    expect(maskSecrets(text, key)).toEqual({ text, masked: [] });
  });
});

const anySecret = fc.constantFrom(
  ...secrets.map(([, secret, text = '@']) => text.replace('@', () => secret)),
);
const anyText = fc
  .array(fc.oneof(anySecret, fc.string(), fc.constantFrom('-', '_', '=', '.', ' ', '\n', '"', ':')), {
    maxLength: 8,
  })
  .map((parts) => parts.join(''));

describe('properties', () => {
  test('masking twice changes nothing', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = maskSecrets(text, key).text;
        expect(maskSecrets(once, key)).toEqual({ text: once, masked: [] });
      }),
    );
  });

  test('a text of which nothing is masked comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const masked = maskSecrets(text, key);
        if (masked.masked.length === 0) expect(masked.text).toBe(text);
      }),
    );
  });
});

/**
 * Time is never asserted. A scan that is not linear does not come to an end on these texts within the test's
 * own limit: at 400,000 characters a quadratic one takes minutes.
 */
test.each([
  'eyJ',
  'eyJaaaaaaaaaaa.',
  '-----BEGIN RSA PRIVATE KEY-----\n',
  '-----BEGIN PRIVATE KEY-----\nAAAA-----END ',
  'a://',
  'a://b:c',
  'sk-ant-',
  'sk-',
  'xoxb-',
  'machine a login b ',
  'server=a;',
  'authorization: bearer ',
  'aws_secret_access_key=',
  'AT',
  'glpat-',
  ' ',
  'A',
  '1:',
  'M.',
])('a text of %j over and over is scanned', (unit) => {
  const text = unit.repeat(Math.ceil(400_000 / unit.length));
  const padded = `${'private '}${text}`;
  expect(maskSecrets(padded, key).text.length).toBeGreaterThan(0);
});
