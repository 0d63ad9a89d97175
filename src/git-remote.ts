import { limits } from './limits.ts';

/**
 * The project that a remote's URL stands for: `host/owner/name`, the host in lower case, without user,
 * password, port, query and `.git`, so that ssh and https name one project. null where the URL names no
 * host: a path on this machine, a helper program.
 */
export function projectOfRemote(url: string): string | null {
  const place = fromUrl(url) ?? fromScpForm(url);
  if (place === null) return null;
  const host = place.host.toLowerCase().replace(/\.$/, '');
  const path = place.path
    .split('/')
    .filter((part) => part !== '')
    .join('/')
    .replace(/\.git$/i, '');
  const project = `${host}/${path}`;
  const isName = host !== '' && path !== '' && !/[\u0000-\u001f\u007f]/.test(project);
  return isName && project.length <= limits.nameCharactersMax ? project : null;
}

interface Place {
  host: string;
  path: string;
}

function fromUrl(url: string): Place | null {
  const match =
    /^(?:https?|ssh|git|git\+ssh|ssh\+git|ftps?):\/\/(?:[^/]*@)?(\[[^\]]*\]|[^/:]*)(?::\d*)?(\/[^?#]*)/i.exec(
      url,
    );
  return match === null ? null : { host: match[1]!, path: decoded(match[2]!) };
}

/**
 * `user@host:path`, ssh's short form. One letter before the colon is a Windows drive, two colons are a
 * helper program (https://git-scm.com/docs/git-clone#_git_urls).
 */
function fromScpForm(url: string): Place | null {
  if (url.includes('://') || /^[A-Za-z]:/.test(url)) return null;
  const match = /^(?:[^/:]*@)?(\[[^\]]*\]|[^/:@]+):(?!:)(.*)$/.exec(url);
  return match === null ? null : { host: match[1]!, path: match[2]! };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
