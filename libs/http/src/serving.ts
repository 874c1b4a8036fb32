/** What every app that serves HTTP does around its module: make, stop, and say where it listens or why it cannot. */
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { configureHttp, createHttpAdapter } from './configure-http.js';

/** An application that is ready to listen. */
export async function createHttpApp(module: DynamicModule): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    module,
    createHttpAdapter(),
    // Nest's own lines say nothing an operator needs: errors of requests go through the problem filter into our log, and
    // those of the start are thrown.
    { logger: false, abortOnError: false },
  );
  configureHttp(app);
  return app;
}

/**
 * Takes no more connections and finishes the requests under way; a caller that never finishes sending is cut off in time for
 * what stands behind the doors to be closed.
 */
export async function closeHttp(app: NestFastifyApplication, atMost_ms: number): Promise<void> {
  const server = app.getHttpServer();
  const timer = setTimeout(() => server.closeAllConnections(), atMost_ms);
  await app.close();
  clearTimeout(timer);
}

/** What to type into a browser on this machine. @param listening what the listening server calls its address */
export function urlOf(listening: string, { host, port }: { readonly host: string; readonly port: number }): string {
  const isAny = host === '0.0.0.0' || host === '::';
  const name = isAny ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${new URL(listening).port || String(port)}`;
}

/** Why the server cannot listen, in a sentence that says what to do; null when the error is another one. */
export function listenFailureInWords(error: unknown, port: string): string | null {
  const { code, message } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use. Stop the other program, or set TALLYSTICK_PORT to another port (0: any free one).`;
  const isAddress = code === 'EADDRNOTAVAIL' || code === 'EACCES' || code === 'ENOTFOUND';
  if (!isAddress || !/listen|getaddrinfo/.test(message)) return null;
  return `Cannot listen: ${message}. Set TALLYSTICK_HOST and TALLYSTICK_PORT to an address of this machine.`;
}
