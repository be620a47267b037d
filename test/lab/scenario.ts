/** One fault, played and measured, with one or more pairs of browsers. */
import type { Stage } from './stage.ts';

/** Who meets whom; the first to come is always Chromium. */
export type Browsers = 'Chromium' | 'Chromium × Firefox' | 'none';

export const CHROMIUM: readonly Browsers[] = ['Chromium'];
export const FIREFOX: readonly Browsers[] = ['Chromium × Firefox'];
export const BOTH: readonly Browsers[] = ['Chromium', 'Chromium × Firefox'];

export interface Scenario {
  /** Numbers of the faults in the table that the README shows. */
  readonly faults: readonly number[];
  readonly name: string;
  readonly browsers: readonly Browsers[];
  /** With which of them `npm test` plays it too: what a busy machine does not make fail, in ten minutes. */
  readonly quick?: readonly Browsers[];
  /** Milliseconds after which it has failed; 120,000 unless told. */
  readonly limit?: number;
  play(stage: Stage): Promise<void>;
}

/** `[34] 20 s outage (Chromium)`. */
export function title({ faults, name }: Scenario, browsers: Browsers): string {
  const numbers = faults.length > 0 ? `[${faults.join(', ')}] ` : '';
  return `${numbers}${name}${browsers === 'none' ? '' : ` (${browsers})`}`;
}
