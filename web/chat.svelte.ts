/**
 * The chat of one meeting, reactive. Messages live in the pages of the people here and vanish with the last of them; a late
 * joiner asks whoever has been here longest. Sent again when a connection is made anew; the receiver knows them by their id.
 * Refuses to know connections: `broadcast` and `send` are given.
 */
import { toBase64Url } from '../worker/encoding.ts';
import { cleanName } from './participant.svelte.ts';
import { TEXT_LIMITS, type ChatLine, type PeerMessage } from './protocol.ts';

export interface ChatEntry {
  readonly id: string;
  /** Sender's sid. */
  readonly from: string;
  readonly name: string;
  readonly text: string;
  /** Milliseconds since the epoch by the sender's clock. */
  readonly at: number;
  readonly mine: boolean;
  readonly state: 'sent' | 'pending' | 'failed';
}

export interface ChatOptions {
  me: () => { sid: string; name: string };
  nameOf: (sid: string) => string;
  /** False where somebody has no path at the moment: the message waits, and leaves as soon as there is one. */
  broadcast: (message: PeerMessage) => boolean;
  send: (sid: string, message: PeerMessage) => void;
}

/** Milliseconds: what was sent so recently may have been lost with a connection that was replaced. */
const RECENT = 300_000;
/** Characters of one `history` message: a channel message of 256 KiB is the largest that all browsers take. */
const HISTORY_CHUNK = 40_000;
/** Characters of a line beside its name and text: id, sid, time and the names of the fields. */
const LINE_OVERHEAD = 120;

export class Chat {
  entries = $state.raw<ChatEntry[]>([]);
  unread = $state(0);
  readonly #options: ChatOptions;
  #open = $state(false);
  /** Who was asked for what was said before I came, and whether they have told. */
  #asked: string | undefined;
  #caughtUp = false;

  constructor(options: ChatOptions) {
    this.#options = options;
  }

  get open(): boolean {
    return this.#open;
  }

  set open(open: boolean) {
    this.#open = open;
    if (open) this.unread = 0;
  }

  send(text: string): void {
    const trimmed = text.trim().slice(0, TEXT_LIMITS.chat);
    if (trimmed === '') return;
    const { sid, name } = this.#options.me();
    const id = toBase64Url(crypto.getRandomValues(new Uint8Array(12)));
    const at = Date.now();
    const delivered = this.#options.broadcast({ type: 'chat', id, text: trimmed, at });
    this.#add([{ id, from: sid, name, text: trimmed, at, mine: true, state: delivered ? 'sent' : 'pending' }]);
  }

  /** Sends a message again that somebody may not have. */
  retry(id: string): void {
    const entry = this.entries.find((candidate) => candidate.id === id && candidate.mine);
    if (!entry) return;
    const delivered = this.#options.broadcast({ type: 'chat', id, text: entry.text, at: entry.at });
    this.#replace(id, delivered ? 'sent' : 'pending');
  }

  receive(from: string, message: Extract<PeerMessage, { type: 'chat' }>): void {
    const { id, text, at } = message;
    const before = this.entries;
    this.#add([{ id, from, name: this.#options.nameOf(from), text, at, mine: false, state: 'sent' }]);
    if (!this.#open && this.entries !== before) this.unread += 1;
  }

  /** I have come in: `sid` is asked for what was said before; who comes after them only where they have not told. */
  catchUp(sid: string): void {
    if (this.#caughtUp || this.#asked === sid) return;
    this.#asked = sid;
    this.#options.send(sid, { type: 'history-request' });
  }

  /** Someone asks for what was said. */
  tell(sid: string): void {
    let lines: ChatLine[] = [];
    let size = 0;
    const flush = () => {
      if (lines.length > 0) this.#options.send(sid, { type: 'history', lines });
      lines = [];
      size = 0;
    };
    for (const { id, from, name, text, at } of this.entries.slice(-TEXT_LIMITS.history)) {
      const length = text.length + name.length + LINE_OVERHEAD;
      if (size + length > HISTORY_CHUNK) flush();
      lines.push({ id, from, name, text, at });
      size += length;
    }
    flush();
  }

  /**
   * `from` tells what was said; nobody is listened to who was not asked. Their word for it: a line keeps the name they give it,
   * but never speaks as me.
   */
  learn(from: string, lines: ChatLine[]): void {
    if (from !== this.#asked) return;
    this.#caughtUp = true;
    const { sid } = this.#options.me();
    this.#add(
      lines
        .filter((line) => line.from !== sid)
        .map((line) => ({ ...line, name: cleanName(line.name), mine: false, state: 'sent' as const })),
    );
  }

  /** A new connection with `sid` is up: what I said lately may have been lost with the old one. */
  repeat(sid: string): void {
    const since = Date.now() - RECENT;
    for (const { id, text, at, mine } of this.entries) {
      if (mine && at >= since) this.#options.send(sid, { type: 'chat', id, text, at });
    }
  }

  /** Everybody has a path again: what waited has left. */
  delivered(): void {
    if (!this.entries.some(({ state }) => state === 'pending')) return;
    this.entries = this.entries.map((entry) => (entry.state === 'pending' ? { ...entry, state: 'sent' } : entry));
  }

  /** The whole chat as plain text, a line a message. */
  export(): string {
    return this.entries.map(({ at, name, text }) => `${new Date(at).toISOString()} ${name}: ${text}\n`).join('');
  }

  #add(lines: ChatEntry[]): void {
    const known = new Set(this.entries.map(({ id, from }) => `${from} ${id}`));
    const fresh = lines.filter(({ id, from }) => !known.has(`${from} ${id}`));
    if (fresh.length === 0) return;
    this.entries = [...this.entries, ...fresh].sort((a, b) => a.at - b.at).slice(-TEXT_LIMITS.history);
  }

  #replace(id: string, state: ChatEntry['state']): void {
    this.entries = this.entries.map((entry) => (entry.id === id ? { ...entry, state } : entry));
  }
}
