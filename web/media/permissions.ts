/**
 * Whether the browser lets this site use the microphone and the camera, followed as it changes.
 * Refuses to know tracks and devices; never opens the browser's prompt.
 */
export type Input = 'microphone' | 'camera';

/** `unknown`: not asked yet, or a browser that cannot be asked (Firefox before 131 throws for both names). */
export type Permission = 'unknown' | 'prompt' | 'granted' | 'denied';

export const INPUTS: readonly Input[] = ['microphone', 'camera'];

export class Permissions {
  #onChange: (input: Input, permission: Permission) => void;
  #known: Record<Input, Permission> = { microphone: 'unknown', camera: 'unknown' };
  #watched = new Set<Input>();
  #abort = new AbortController();

  constructor(onChange: (input: Input, permission: Permission) => void) {
    this.#onChange = onChange;
  }

  of(input: Input): Permission {
    return this.#known[input];
  }

  /** Both as one: `prompt` as soon as asking would open a prompt, `granted` when it would bring at least one of them. */
  get together(): Permission {
    const known = INPUTS.map((input) => this.#known[input]);
    if (known.includes('prompt')) return 'prompt';
    if (known.includes('granted')) return 'granted';
    return known.every((permission) => permission === 'denied') ? 'denied' : 'unknown';
  }

  /** Asks for both states and follows them. Repeating it costs nothing. */
  async watch(): Promise<void> {
    await Promise.all(INPUTS.map((input) => this.#watch(input)));
  }

  /** What a request has just taught: a capture is always believed, a refusal only where the browser cannot be asked. */
  learn(input: Input, permission: Permission): void {
    if (permission === 'granted' || !this.#watched.has(input)) this.#set(input, permission);
  }

  close(): void {
    this.#abort.abort();
  }

  async #watch(input: Input): Promise<void> {
    if (this.#watched.has(input)) return;
    const status = await query(input);
    if (status === undefined || this.#watched.has(input) || this.#abort.signal.aborted) return;
    this.#watched.add(input);
    this.#set(input, status.state);
    status.addEventListener('change', () => this.#set(input, status.state), { signal: this.#abort.signal });
  }

  #set(input: Input, permission: Permission): void {
    if (this.#known[input] === permission) return;
    this.#known[input] = permission;
    this.#onChange(input, permission);
  }
}

export async function permissionOf(input: Input): Promise<Permission> {
  return (await query(input))?.state ?? 'unknown';
}

async function query(input: Input): Promise<PermissionStatus | undefined> {
  try {
    return await navigator.permissions.query({ name: input });
  } catch {
    return undefined;
  }
}
