/**
 * A small process of ours inside a namespace: carries TCP connections out of it and into it, and asks whether a server answers.
 * Knows where, not what: it copies bytes. Run as a program it is the process; imported, it is the handle on one.
 */
import { request } from 'node:http';
import { connect, createServer, type NetConnectOpts, type Server } from 'node:net';
import type { Namespace } from './namespaces.ts';

/** `from` and `to` are a port of this host, a path of a socket, or an address with a port. */
interface Forward {
  id: number;
  type: 'forward';
  from: { port?: number; path?: string };
  to: NetConnectOpts;
}

/** Answers with the time, by everybody's clock, at which `host:port` first answered a request after now. */
interface Probe {
  id: number;
  type: 'probe';
  host: string;
  port: number;
  /** Milliseconds. */
  timeout: number;
}

type Order = Forward | Probe;
interface Answer {
  id: number;
  at?: number;
  error?: string;
}

export class Agent {
  readonly #child;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #orders = 0;

  constructor(namespace: Namespace) {
    this.#child = namespace.spawn([process.execPath, import.meta.filename], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_OPTIONS: '', LAB_AGENT: '1' },
    });
    this.#child.on('message', (answer: Answer) => this.#waiting.get(answer.id)?.(answer));
    this.#child.on('exit', () => {
      for (const [id, answered] of this.#waiting) answered({ id, error: 'the agent ended' });
    });
  }

  async forward(from: Forward['from'], to: Forward['to']): Promise<void> {
    await this.#order({ type: 'forward', from, to });
  }

  async probe(host: string, port: number, timeout: number): Promise<number> {
    const { at } = await this.#order({ type: 'probe', host, port, timeout });
    return at ?? NaN;
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }

  #order(order: Omit<Forward, 'id'> | Omit<Probe, 'id'>): Promise<Answer> {
    this.#orders += 1;
    const id = this.#orders;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (answer) => {
        this.#waiting.delete(id);
        if (answer.error === undefined) resolve(answer);
        else reject(new Error(answer.error));
      });
      this.#child.send({ ...order, id });
    });
  }
}

if (process.env['LAB_AGENT'] && process.argv[1] === import.meta.filename) serve();

function serve(): void {
  process.on('message', (order: Order) => {
    const answer = (rest: Omit<Answer, 'id'>) => process.send?.({ id: order.id, ...rest });
    if (order.type === 'forward') forward(order, answer);
    else void probe(order, answer);
  });
  process.on('disconnect', () => process.exit());
}

function forward({ from, to }: Forward, answer: (rest: Omit<Answer, 'id'>) => void): void {
  const server: Server = createServer({ allowHalfOpen: false }, (near) => {
    const far = connect(to);
    near.pipe(far).pipe(near);
    // Either end's fate is the other's, as if there were one connection.
    near.on('error', () => far.destroy());
    far.on('error', () => near.resetAndDestroy());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  server.on('error', (error) => answer({ error: error.message }));
  // Without a host: IPv4 and IPv6, for browsers try both for `localhost`.
  if (from.path === undefined) server.listen({ port: from.port }, () => answer({}));
  else server.listen({ path: from.path }, () => answer({}));
}

async function probe({ host, port, timeout }: Probe, answer: (rest: Omit<Answer, 'id'>) => void): Promise<void> {
  const deadline = Date.now() + timeout;
  while (Date.now() < deadline) {
    if (await answers(host, port)) {
      answer({ at: Date.now() });
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  answer({ error: `${host}:${port} did not answer within ${timeout} ms` });
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host, port, path: '/', timeout: 500, agent: false }, (response) => {
      response.resume();
      resolve((response.statusCode ?? 500) < 500);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
