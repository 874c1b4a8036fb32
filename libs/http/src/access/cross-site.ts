import type { IncomingHttpHeaders } from 'node:http';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a method may change something, so that a browser must not be tricked into sending it. */
export const isWriting = (method: string): boolean => !SAFE_METHODS.has(method);

/**
 * Whether the request shows that a page of this very origin sent it. Browsers set `Sec-Fetch-Site` and `Origin` and no
 * script can forge them; a browser that sends neither with a write is too old to be trusted with a cookie.
 */
export function isFromOwnPage(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  return headers.origin !== undefined && isSameHost(headers.origin, headers.host);
}

/** Whether the request shows that a page of another origin sent it; without any sign (curl, a machine) it does not. */
export function isFromOtherSite(headers: IncomingHttpHeaders): boolean {
  const shows = headers['sec-fetch-site'] !== undefined || headers.origin !== undefined;
  return shows && !isFromOwnPage(headers);
}

function isSameHost(origin: string, host: string | undefined): boolean {
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}
