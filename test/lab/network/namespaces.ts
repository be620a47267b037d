/**
 * One network namespace of the kernel: made, entered, removed. Names carry the pid of the lab that made them, so that two
 * labs do not meet and what a crashed one left behind can be told from what is in use. Refuses to know what is connected.
 */
import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { existsSync } from 'node:fs';

const PREFIX = 'snuglab-';

const made = new Set<Namespace>();

export class Namespace {
  /** As `ip netns` calls it. */
  readonly id: string;

  constructor(name: string) {
    this.id = `${PREFIX}${process.pid}-${name}`;
    command('ip', 'netns', 'add', this.id);
    made.add(this);
    this.ip('link', 'set', 'lo', 'up');
  }

  /** `ip` inside. */
  ip(...args: string[]): void {
    command('ip', '-n', this.id, ...args);
  }

  /** A command inside, to its end; its standard output. */
  run(args: string[], input = ''): string {
    return command('ip', ['netns', 'exec', this.id, ...args], input);
  }

  /** Sets kernel variables of this namespace, as `name=value`. */
  set(...variables: string[]): void {
    this.run(['sysctl', '-qw', ...variables]);
  }

  /** The command line that runs `args` inside: it replaces itself, so pid, pipes and signals are those of the program. */
  wrap(args: string[]): [string, string[]] {
    return ['ip', ['netns', 'exec', this.id, ...args]];
  }

  spawn(args: string[], options: SpawnOptions): ChildProcess {
    const [program, rest] = this.wrap(args);
    return spawn(program, rest, options);
  }

  /** To every process inside. */
  signal(signal: NodeJS.Signals): void {
    signalAll(this.id, signal);
  }

  /** Ends what still runs inside and removes it; links to other namespaces go with it. */
  remove(): void {
    made.delete(this);
    remove(this.id);
  }
}

/** Why this machine cannot run the lab, or `undefined` where it can. */
export function missing(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces exist on Linux only';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  for (const [program, test] of [
    ['ip', ['-V']],
    ['nft', ['-v']],
    ['tc', ['-V']],
    ['perl', ['-v']],
  ] as const) {
    if (spawnSync(program, test).error) return `${program} is not installed`;
  }
  if (!existsSync('/dev/net/tun')) return 'there is no /dev/net/tun';
  try {
    const probe = new Namespace('probe');
    probe.run(['nft', '-f', '-'], 'table inet probe { chain c { type nat hook postrouting priority 100; }\n}');
    probe.remove();
    return undefined;
  } catch (error) {
    removeAll();
    return `namespaces are forbidden here: ${error instanceof Error ? error.message : ''}`;
  }
}

/** Removes what labs that no longer run left behind. */
export function removeStale(): void {
  for (const id of list()) {
    const pid = Number(id.slice(PREFIX.length).split('-')[0]);
    if (pid !== process.pid && !existsSync(`/proc/${pid}`)) remove(id);
  }
}

/** Removes everything of this lab. */
export function removeAll(): void {
  for (const namespace of made) namespace.remove();
}

function list(): string[] {
  const names = command('ip', 'netns', 'list').split('\n');
  return names.map((line) => line.split(' ')[0] ?? '').filter((name) => name.startsWith(PREFIX));
}

function remove(id: string): void {
  signalAll(id, 'SIGKILL');
  spawnSync('ip', ['netns', 'del', id]);
}

function signalAll(id: string, signal: NodeJS.Signals): void {
  for (const pid of spawnSync('ip', ['netns', 'pids', id], { encoding: 'utf8' }).stdout.split('\n')) {
    try {
      if (Number(pid) > 1) process.kill(Number(pid), signal);
    } catch {
      // It ended by itself.
    }
  }
}

function command(program: string, ...rest: string[]): string;
function command(program: string, args: string[], input: string): string;
function command(program: string, ...rest: [string[], string] | string[]): string {
  const [args, input] = Array.isArray(rest[0]) ? [rest[0], String(rest[1])] : [rest.map(String), ''];
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', input });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
  return stdout;
}
