import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/**
 * Who may a request say it is meant for, and come from? A web page that points its own name at this machine
 * sends that name as Host; a page of another origin, also one from another port of this machine, sends its
 * own Origin. Both are compared whole, port included, before anything else is looked at.
 */
export class OwnHosts {
  readonly #hosts: ReadonlySet<string>;

  /** `allowed` are names beside the address itself; one without a port means `port`. */
  constructor(address: string, port: number, allowed: readonly string[]) {
    const names = [isIPv6(address) ? `[${address}]` : address, 'localhost', '127.0.0.1'];
    if (isIPv6(address)) names.push('[::1]');
    const withPort = [
      ...names.map((name) => `${name}:${port}`),
      ...allowed.map((name) => (hasPort(name) ? name : `${name}:${port}`)),
    ];
    // Clients leave the port of the scheme out.
    this.#hosts = new Set(
      withPort.flatMap((host) => (host.endsWith(':80') ? [host, host.slice(0, -3)] : [host])),
    );
  }

  /** Why the request is refused; null when it may go on. */
  refusalOf(request: IncomingMessage): string | null {
    const hosts = request.headersDistinct.host ?? [];
    const [host] = hosts;
    if (host === undefined || hosts.length > 1 || !this.#hosts.has(host.toLowerCase())) {
      return 'Expected the Host header to be the address of this server, its port included.';
    }
    // Exactly the origin that the request says it is meant for; "null" and everything else is foreign.
    const origins = request.headersDistinct.origin ?? [];
    if (origins.some((origin) => origin.toLowerCase() !== `http://${host.toLowerCase()}`)) {
      return 'Expected no Origin header but that of this server.';
    }
    // Browsers also send requests without an Origin; they say by this header that another page asks.
    const sites = request.headersDistinct['sec-fetch-site'] ?? [];
    if (sites.some((site) => site !== 'same-origin' && site !== 'none')) {
      return 'Expected no request from the page of another site.';
    }
    return null;
  }
}

function hasPort(name: string): boolean {
  return /:\d+$/.test(name) && !isIPv6(name);
}
