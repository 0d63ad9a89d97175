/**
 * The secret formats that are masked. Each is a structure that its issuer documents: a fixed prefix, a header
 * or an assignment to a name that means a secret. Randomness alone is never a reason.
 *
 * Every pattern begins at a boundary or a literal and has no quantifier inside a quantifier, so that a scan is
 * linear in the text. `anchors` are looked for first, in the lower-cased text: a text that holds none of them
 * never meets the pattern. Where the pattern has a group named `secret`, only that group is masked.
 */
export interface SecretFormat {
  kind: string;
  anchors: readonly string[];
  pattern: RegExp;
  /** What the characters must mean beyond their shape. Default: nothing more. */
  holds?: (secret: string) => boolean;
}

/** Not in the middle of a longer word. */
const begin = '(?<![A-Za-z0-9_])';
const end = '(?![A-Za-z0-9_])';
/** An assignment as code, shell, JSON and YAML write it. */
const assign = '["\'`]?\\]?\\s{0,8}(?::=|=>|=|:)\\s{0,8}["\'`]?';

function token(kind: string, body: string, ...anchors: string[]): SecretFormat {
  return { kind, anchors, pattern: new RegExp(`${begin}${body}${end}`, 'g') };
}

function assigned(kind: string, name: string, secret: string, ...anchors: string[]): SecretFormat {
  return { kind, anchors, pattern: new RegExp(`${name}${assign}(?<secret>${secret})`, 'gi') };
}

export const secretFormats: readonly SecretFormat[] = [
  // clouds
  token('aws-access-key', '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}', 'akia', 'asia', 'abia', 'acca'),
  assigned(
    'aws-secret-key',
    '(?:aws_?secret(?:_?access)?(?:_?key)?|secret_?access_?key)',
    '[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])',
    'secret',
  ),
  assigned(
    'aws-session-token',
    'session_?token',
    '[A-Za-z0-9/+]{100,}={0,2}',
    'session_token',
    'sessiontoken',
  ),
  token('google-api-key', 'AIza[A-Za-z0-9_-]{35}', 'aiza'),
  token('google-oauth-secret', 'GOCSPX-[A-Za-z0-9_-]{28}', 'gocspx-'),
  token('google-oauth-token', 'ya29\\.[A-Za-z0-9_-]{20,}', 'ya29.'),
  assigned('azure-storage-key', 'AccountKey', '[A-Za-z0-9+/]{86}==', 'accountkey'),
  assigned('azure-shared-key', 'SharedAccessKey', '[A-Za-z0-9+/]{43}=', 'sharedaccesskey'),
  {
    kind: 'azure-signature',
    anchors: ['sig='],
    pattern: /[?&]sig=(?<secret>[A-Za-z0-9%+/]{40,80}(?:%3D|=))/gi,
  },
  token('azure-client-secret', '[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}', 'q~'),
  token('digitalocean-token', 'do[oprt]_v1_[a-f0-9]{64}', '_v1_'),
  token('heroku-key', 'HRKU-[A-Za-z0-9_-]{36,}', 'hrku-'),
  token('alibaba-access-key', 'LTAI[A-Za-z0-9]{20}', 'ltai'),
  token('vault-token', 'hv[sbr]\\.[A-Za-z0-9_-]{24,}', 'hvs.', 'hvb.', 'hvr.'),
  token('terraform-token', '[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_-]{60,}', '.atlasv1.'),
  token('pulumi-token', 'pul-[a-f0-9]{40}', 'pul-'),
  token('doppler-token', 'dp\\.(?:pt|st|ct|sa|scim|audit)\\.[A-Za-z0-9.]{40,50}', 'dp.'),
  token('databricks-token', 'dapi[a-f0-9]{32}(?:-[0-9])?', 'dapi'),
  token('supabase-token', 'sb(?:p_[a-f0-9]{40}|_secret_[A-Za-z0-9_-]{20,})', 'sbp_', 'sb_secret_'),
  token('planetscale-token', 'pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}', 'pscale_'),

  // our own, for HTTP
  token('ltmc-token', 'ltmc_[A-Za-z0-9_-]{43}', 'ltmc_'),

  // code hosting, packages, continuous integration
  token('github-token', 'gh[pousr]_[A-Za-z0-9]{36,255}', 'ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'),
  token('github-token', 'github_pat_[A-Za-z0-9_]{40,255}', 'github_pat_'),
  token(
    'gitlab-token',
    'gl(?:pat|dt|rt|rtr|ptt|ft|soat|imt|agent|cbt|oas|ffct|wt)-[A-Za-z0-9_-]{20,300}(?:\\.[A-Za-z0-9]{2}\\.[a-z0-9]{9})?',
    'glpat-',
    'gldt-',
    'glrt-',
    'glrtr-',
    'glptt-',
    'glft-',
    'glsoat-',
    'glimt-',
    'glagent-',
    'glcbt-',
    'gloas-',
    'glffct-',
    'glwt-',
  ),
  token('gitlab-token', 'GR1348941[A-Za-z0-9_-]{20,}', 'gr1348941'),
  token('atlassian-token', 'AT(?:ATT|CTT|BB)[A-Za-z0-9_=-]{28,}', 'atatt', 'atctt', 'atbb'),
  token('npm-token', 'npm_[A-Za-z0-9]{36}', 'npm_'),
  {
    kind: 'npm-token',
    anchors: ['/:_auth'],
    pattern: /\/:_auth(?:Token)?\s?=\s?"?(?<secret>[A-Za-z0-9+/=_-]{20,})/g,
  },
  token('pypi-token', 'pypi-AgE[A-Za-z0-9_-]{50,}', 'pypi-age'),
  token('rubygems-key', 'rubygems_[a-f0-9]{48}', 'rubygems_'),
  token('docker-token', 'dckr_(?:pat|oat)_[A-Za-z0-9_-]{24,}', 'dckr_'),
  token('circleci-token', 'CCIP(?:AT|RJ)_[A-Za-z0-9]{20,}_[a-f0-9]{40}', 'ccipat_', 'cciprj_'),
  token('buildkite-token', 'bkua_[a-f0-9]{40}', 'bkua_'),
  token('postman-key', 'PMAK-[a-f0-9]{24}-[a-f0-9]{34}', 'pmak-'),
  token('figma-token', 'fig[dou]r?_[A-Za-z0-9_-]{40,}', 'figd_', 'figo_', 'figu_', 'figur_', 'figor_'),

  // models
  token('anthropic-key', 'sk-ant-[A-Za-z0-9_-]{20,}', 'sk-ant-'),
  token('openrouter-key', 'sk-or-v1-[a-f0-9]{64}', 'sk-or-'),
  token(
    'openai-key',
    'sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,}',
    'sk-proj-',
    'sk-svcacct-',
    'sk-admin-',
    'sk-none-',
  ),
  token('openai-key', 'sk-[A-Za-z0-9]{32,}', 'sk-'),
  token('huggingface-token', '(?:hf_|api_org_)[A-Za-z0-9]{30,}', 'hf_', 'api_org_'),
  token('groq-key', 'gsk_[A-Za-z0-9]{40,}', 'gsk_'),
  token('xai-key', 'xai-[A-Za-z0-9]{70,}', 'xai-'),
  token('perplexity-key', 'pplx-[A-Za-z0-9]{48}', 'pplx-'),
  token('replicate-token', 'r8_[A-Za-z0-9]{37}', 'r8_'),

  // messages and mail
  token('slack-token', 'xox[abeoprs](?:\\.xox[bp])?-[A-Za-z0-9-]{10,}', 'xox'),
  token('slack-token', 'xapp-[0-9]-[A-Za-z0-9-]{20,}', 'xapp-'),
  {
    kind: 'slack-webhook',
    anchors: ['hooks.slack.com/'],
    pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/(?<secret>[A-Za-z0-9+/]{20,100})/g,
  },
  token('telegram-token', '[0-9]{8,10}:A[A-Za-z0-9_-]{34}', ':a'),
  {
    ...token('discord-token', '[MNO][A-Za-z0-9_-]{22,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,40}', '.'),
    // The first part is the bot's numeric id: a chain of long method names has the same shape.
    holds: (secret) => /^[0-9]{17,20}$/.test(decodeBase64(secret.slice(0, secret.indexOf('.')))),
  },
  {
    kind: 'discord-webhook',
    anchors: ['/api/webhooks/'],
    pattern: /discord(?:app)?\.com\/api\/webhooks\/(?<secret>[0-9]{17,20}\/[A-Za-z0-9_-]{60,80})/g,
  },
  token('sendgrid-key', 'SG\\.[A-Za-z0-9_-]{16,32}\\.[A-Za-z0-9_-]{16,64}', 'sg.'),
  token('twilio-key', 'SK[a-f0-9]{32}', 'sk'),
  assigned('twilio-token', 'twilio[a-z_]{0,20}token', '[a-f0-9]{32}(?![A-Za-z0-9])', 'twilio'),
  assigned('mailgun-key', 'mailgun[a-z_]{0,20}', '(?:key-)?[a-f0-9]{32}(?![A-Za-z0-9])', 'mailgun'),
  token('mailchimp-key', '[a-f0-9]{32}-us[0-9]{1,2}', '-us'),

  // money and shops
  token('stripe-key', '[sr]k_(?:live|test|prod)_[A-Za-z0-9]{16,}', 'k_live_', 'k_test_', 'k_prod_'),
  token('stripe-webhook-secret', 'whsec_[A-Za-z0-9+/]{24,}={0,2}', 'whsec_'),
  token('shopify-token', 'shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}', 'shpat_', 'shpca_', 'shppa_', 'shpss_'),
  token('square-token', 'sq0(?:atp|csp)-[A-Za-z0-9_-]{22,43}', 'sq0atp-', 'sq0csp-'),

  // work and monitoring
  token('linear-key', 'lin_(?:api|oauth)_[A-Za-z0-9]{32,64}', 'lin_api_', 'lin_oauth_'),
  token('notion-token', '(?:secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{40,60})', 'secret_', 'ntn_'),
  token('airtable-token', 'pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}', 'pat'),
  token(
    'grafana-token',
    'gl(?:c_[A-Za-z0-9+/]{32,400}={0,3}|sa_[A-Za-z0-9]{32}_[a-fA-F0-9]{8})',
    'glc_',
    'glsa_',
  ),
  token('newrelic-key', 'NRAK-[A-Z0-9]{27}', 'nrak-'),
  token('sentry-token', 'sntry[su]_[A-Za-z0-9+/=_-]{40,}', 'sntrys_', 'sntryu_'),
  token('dynatrace-token', 'dt0[a-zA-Z][0-9]{2}\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}', 'dt0'),

  // shapes of their own
  {
    kind: 'jwt',
    anchors: ['eyj'],
    pattern: /(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{16,}/g,
  },
  token('age-key', 'AGE-SECRET-KEY-1[A-Z0-9]{58}', 'age-secret-key-'),
  {
    kind: 'authorization-header',
    anchors: ['authorization'],
    pattern: new RegExp(
      `authorization${assign}(?:bearer|token)\\s{1,4}(?<secret>(?=[A-Za-z._~+/=-]{0,200}[0-9])[A-Za-z0-9._~+/=-]{20,})`,
      'gi',
    ),
  },
  {
    kind: 'authorization-header',
    anchors: ['authorization'],
    pattern: new RegExp(`authorization${assign}basic\\s{1,4}(?<secret>[A-Za-z0-9+/]{8,}={0,2})`, 'gi'),
    holds: (secret) =>
      /^[\x21-\x7e]{1,200}$/.test(decodeBase64(secret)) && decodeBase64(secret).includes(':'),
  },
  {
    kind: 'netrc-password',
    anchors: ['machine '],
    pattern:
      /\bmachine\s{1,8}\S{1,255}\s{1,8}login\s{1,8}\S{1,255}\s{1,8}password\s{1,8}(?<secret>\S{1,255})/g,
  },
  {
    kind: 'connection-string-password',
    anchors: ['password=', 'pwd=', 'password =', 'pwd ='],
    pattern:
      /(?:server|data source|host)\s?=[^;\r\n"'(){}]{1,128};[^\r\n"'(){}]{0,200}?(?:password|pwd)\s?=\s?(?<secret>[^;\r\n"'\s(){}]{3,128})(?=[;"'\r\n]|$)/gi,
  },
];

/** Secrets that documentation prints for everybody to copy. They protect nothing, and examples need them. */
const documentedExamples = new Set([
  // a JSON Web Token's and Stripe's introductory examples, and the key of the local Azure storage emulator
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c',
  ['sk_test_', '4eC39HqLyjWDarjtT1zdp7dc'].join(''),
  ['sk_test_', 'BQokikJOvBiI2HlWgH4olfQ2'].join(''),
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
]);

/** A documented example, or a stand-in that a reader is meant to replace. */
export function isExample(secret: string): boolean {
  if (documentedExamples.has(secret)) return true;
  if (/example|x{5}|your[-_]|^your|\*{3}|\.{3}|changeme|placeholder|redacted/i.test(secret)) return true;
  if (/^(?:[[<{$(]|%[sdvr(])/.test(secret)) return true;
  return secret.length >= 16 && new Set(secret.slice(-16)).size <= 3;
}

function decodeBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1');
}
