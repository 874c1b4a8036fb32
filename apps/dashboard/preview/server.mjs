// The pages with made-up answers, for working on them without the system:
//   npx tsc -p apps/dashboard/tsconfig.json && node apps/dashboard/preview/server.mjs [port]
// Sign in with `tsp_preview`, or with `tsb_preview` as on the first start.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { answer, progress } from './fixtures.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PUBLIC = join(ROOT, 'apps/dashboard/public');
const SCRIPTS = join(ROOT, 'dist/apps/dashboard/src');
const DEFAULT_PORT = 4_173;
const PROGRESS_EVERY_MS = 3_000;
const COOKIE = 'tallystick_preview';
/** As strict as the real server's, so that a forbidden inline style is found here. */
const SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'";
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.map': 'application/json',
};

const sendJson = (response, status, body, headers = {}) => {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(body));
};
const problem = (response, status, code, title, detail) =>
  sendJson(response, status, { type: 'about:blank', title, status, code, detail });

const readBody = async (request) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
};

const stream = (request, response, progressEvery_ms) => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(': hello\n\n');
  const timer = setInterval(
    () => response.write(`event: progress\ndata: ${JSON.stringify(progress())}\n\n`),
    progressEvery_ms,
  );
  request.on('close', () => clearInterval(timer));
};

const session = async (request, response) => {
  if (request.method === 'DELETE')
    return sendJson(response, 200, {}, { 'set-cookie': `${COOKIE}=; Max-Age=0; Path=/` });
  const { token } = await readBody(request);
  if (!String(token).startsWith('tsp_'))
    return problem(response, 401, 'CREDENTIAL_REFUSED', 'Unauthorized', 'This token is not known.');
  return sendJson(response, 200, {}, { 'set-cookie': `${COOKIE}=1; HttpOnly; SameSite=Strict; Path=/` });
};

const api = async (request, response, url, progressEvery_ms) => {
  if (url.pathname === '/v1/session') return session(request, response);
  if (url.pathname === '/v1/bootstrap') return sendJson(response, 201, { token: 'tsp_preview_shown_once' });
  if (!request.headers.cookie?.includes(COOKIE))
    return problem(response, 401, 'NOT_SIGNED_IN', 'Unauthorized', 'Sign in first.');
  if (url.pathname === '/v1/live') return stream(request, response, progressEvery_ms);
  const found = answer(decodeURIComponent(url.pathname), url.searchParams);
  return found === null
    ? problem(response, 404, 'NOT_FOUND', 'Not found', 'There is no such KPI.')
    : sendJson(response, 200, found);
};

const fileFor = (path) => {
  const name = path === '/' ? '/index.html' : path;
  const scripts = name.startsWith('/assets/') ? join(SCRIPTS, normalize(name.slice('/assets'.length))) : '';
  return [join(PUBLIC, normalize(name)), scripts].find((file) => existsSync(file) && statSync(file).isFile());
};

/** Starts the preview on loopback; `port` 0 takes a free one. Resolves to its address and a way to stop it. */
export async function startPreview(port = DEFAULT_PORT, progressEvery_ms = PROGRESS_EVERY_MS) {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    response.setHeader('content-security-policy', SECURITY_POLICY);
    if (url.pathname.startsWith('/v1/')) return void api(request, response, url, progressEvery_ms);
    const file = fileFor(url.pathname);
    if (file === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${server.address().port}`, stop };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { url } = await startPreview(Number(process.argv[2] ?? DEFAULT_PORT));
  console.log(`preview at ${url} (sign in with tsp_preview)`);
}
