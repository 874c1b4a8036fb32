/** A TCP proxy on loopback that can cut its connections, or swallow what the server answers before it cuts. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Cuts every connection. New ones are taken. */
  cut(): void;
  /** From now on nothing of the server's arrives; resolves when an answer was swallowed, and the connection is cut. */
  swallowNextAnswer(): Promise<void>;
  close(): Promise<void>;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let swallowed: (() => void) | null = null;
  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    client.on('data', (bytes) => upstream.write(bytes));
    upstream.on('data', (bytes) => {
      if (swallowed === null) return void client.write(bytes);
      swallowed();
      swallowed = null;
      end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const [client, upstream] of pairs) {
      client.destroy();
      upstream.destroy();
    }
  };
  return {
    port: (server.address() as { port: number }).port,
    cut,
    swallowNextAnswer: () => new Promise((resolve) => (swallowed = resolve)),
    close: async () => {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
