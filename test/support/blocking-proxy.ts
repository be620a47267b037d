/** A proxy before a server, as some networks have it: it carries requests, and answers every WebSocket upgrade with 400. */
import { createServer, request } from 'node:http';
import { freePort, type Server } from './serve.ts';

export interface BlockingProxy {
  readonly url: string;
  /** Upgrades that it has turned away. */
  readonly refused: () => number;
  readonly stop: () => Promise<void>;
}

export async function blockSockets({ url }: Pick<Server, 'url'>): Promise<BlockingProxy> {
  let refused = 0;
  const proxy = createServer((asked, answer) => {
    const { method = 'GET', headers, url: path = '/' } = asked;
    const onward = request(new URL(path, url), { method, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    onward.on('error', () => answer.writeHead(502).end());
    asked.pipe(onward);
  });
  proxy.on('upgrade', (_asked, socket) => {
    refused += 1;
    socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  const port = await freePort();
  await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${port}`,
    refused: () => refused,
    stop: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      }),
  };
}
