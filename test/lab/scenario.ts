/** One fault, played and measured. */
import type { Stage } from './stage.ts';

export interface Scenario {
  /** Numbers of the faults in the table that the README shows. */
  readonly faults: readonly number[];
  readonly name: string;
  readonly browsers: 'Chromium' | 'Chromium × Firefox' | 'none';
  /** Played by `npm test` too. */
  readonly quick?: boolean;
  /** Milliseconds after which it has failed; 120,000 unless told. */
  readonly limit?: number;
  play(stage: Stage): Promise<void>;
}

/** `[34] 20 s outage (Chromium)`. */
export function title({ faults, name, browsers }: Scenario): string {
  const numbers = faults.length > 0 ? `[${faults.join(', ')}] ` : '';
  return `${numbers}${name}${browsers === 'none' ? '' : ` (${browsers})`}`;
}
