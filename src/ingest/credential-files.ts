/** Folders that are never entered: version control, installed packages, and where programs keep keys. */
const skippedFolders = new Map<string, string>([
  ...['.git', '.hg', '.svn', '.jj'].map((name): [string, string] => [name, 'version control']),
  ...['node_modules', 'bower_components', '__pycache__', '.venv'].map((name): [string, string] => [
    name,
    'installed packages',
  ]),
  ...['.aws', '.azure', '.gcloud', '.gnupg', '.kube', '.password-store', '.ssh'].map(
    (name): [string, string] => [name, 'keys and credentials'],
  ),
]);

/** Files whose name says that they hold keys or credentials. */
const credentialNames = [
  /^\.env/,
  /\.env$/,
  /\.(pem|key|p12|pfx|jks|keystore|kdbx?|ppk|p8|gpg|age|tfvars|tfstate)$/,
  /\.tfstate\.backup$/,
  /^id_(rsa|dsa|ecdsa|ed25519)/,
  /^[._]netrc$/,
  /^\.(pgpass|my\.cnf|git-credentials|htpasswd|pypirc|dockercfg|vault-token|s3cfg|boto)$/,
  /^(credentials|secrets?)(\.(json|ya?ml|toml|ini|csv))?$/,
  /^(application_default_credentials|service[-_]?account.*|client_secret.*)\.json$/,
  /^kubeconfig$/,
];

/** Settings of package managers, which hold a token or not. */
const tokenFiles = /^\.(npmrc|yarnrc|yarnrc\.yml)$/;
const token = /_authToken|_password|_auth\s*=|npmAuth(Token|Ident)/i;

/** Why a folder is never entered, whatever else is said; null: it may be. */
export function folderSkipReason(name: string): string | null {
  return skippedFolders.get(name.toLowerCase()) ?? null;
}

/** Whether a file is never stored because of its name. */
export function isCredentialName(name: string): boolean {
  const lower = name.toLowerCase();
  return credentialNames.some((pattern) => pattern.test(lower));
}

/** Whether a file is never stored because of what it begins with. */
export function holdsCredentials(name: string, head: string): boolean {
  if (/^\s*-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/.test(head)) return true;
  return tokenFiles.test(name.toLowerCase()) && token.test(head);
}
