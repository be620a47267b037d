/**
 * Debian's coturn at a place: STUN, and TURN over UDP, TCP and TLS with the REST shared secret. Refuses to know who uses it.
 */
import { spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Place } from './internet.ts';
import type { Variables } from '../workerd.ts';

const SECRET = 'a-secret-of-the-lab';
const PORT = 3478;
const TLS_PORT = 5349;
/** Milliseconds. */
const START_TIMEOUT = 10_000;

export type Transport = 'udp' | 'tcp' | 'tls';

export class Turn {
  readonly place: Place;
  readonly #folder = mkdtempSync(join(tmpdir(), 'snug-turn-'));
  readonly #process: ChildProcess;
  log = '';

  private constructor(place: Place, more: string[]) {
    this.place = place;
    const address = this.#address;
    const certificate = join(this.#folder, 'certificate.pem');
    const key = join(this.#folder, 'key.pem');
    makeCertificate({ address, certificate, key });
    const addresses = [...place.addresses, ...(place.address6 === undefined ? [] : [place.address6])];
    const where = addresses.flatMap((each) => [`--listening-ip=${each}`, `--relay-ip=${each}`]);
    const ports = [
      `--listening-port=${PORT}`,
      `--tls-listening-port=${TLS_PORT}`,
      `--cert=${certificate}`,
      `--pkey=${key}`,
    ];
    const access = ['--use-auth-secret', `--static-auth-secret=${SECRET}`, '--realm=snug.test', '--fingerprint'];
    const quiet = ['--no-cli', '--log-file=stdout', '--simple-log', '--verbose'];
    const files = [`--pidfile=${join(this.#folder, 'pid')}`, `--userdb=${join(this.#folder, 'db')}`];
    this.#process = place.namespace.spawn(
      ['turnserver', '-n', ...where, ...ports, ...access, ...quiet, ...files, ...more],
      {
        cwd: this.#folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#process.stdout?.on('data', (chunk) => (this.log += String(chunk)));
    this.#process.stderr?.on('data', (chunk) => (this.log += String(chunk)));
    this.#process.on('error', (error) => (this.log += error.message));
  }

  static async start(place: Place, more: string[] = []): Promise<Turn> {
    const turn = new Turn(place, more);
    const deadline = Date.now() + START_TIMEOUT;
    while (Date.now() < deadline) {
      if (/UDP listener opened/.test(turn.log)) return turn;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    turn.close();
    throw new Error(`turnserver did not start:\n${turn.log}`);
  }

  /** The room's variables that send everyone here. */
  variables({
    transports = ['udp', 'tcp'],
    secret = SECRET,
  }: { transports?: Transport[]; secret?: string } = {}): Variables {
    const { address6 } = this.place;
    const hosts = [...this.place.addresses, ...(address6 === undefined ? [] : [`[${address6}]`])];
    const urls = hosts.flatMap((host) => {
      const of = {
        udp: `turn:${host}:${PORT}?transport=udp`,
        tcp: `turn:${host}:${PORT}?transport=tcp`,
        tls: `turns:${host}:${TLS_PORT}?transport=tcp`,
      };
      return transports.map((transport) => of[transport]);
    });
    return { ...this.stun(), TURN_URLS: urls.join(','), TURN_SECRET: secret };
  }

  stun(): Variables {
    return { STUN_URLS: `stun:${this.#address}:${PORT}` };
  }

  close(): void {
    this.#process.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #address(): string {
    return this.place.addresses[0] ?? '';
  }
}

/** A certificate for an address, signed by itself. */
function makeCertificate({ address, certificate, key }: { address: string; certificate: string; key: string }): void {
  const subject = ['-subj', '/CN=snug lab', '-addext', `subjectAltName=IP:${address}`, '-days', '2'];
  const files = ['-keyout', key, '-out', certificate];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const { status, stderr } = spawnSync('openssl', ['req', '-x509', ...curve, ...subject, ...files], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`openssl: ${stderr}`);
}
