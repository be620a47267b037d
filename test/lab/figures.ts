/** What a scenario measured, and whether it is what was asked for. */
export interface Figure {
  label: string;
  value: number;
  unit: string;
  limit?: string;
  good: boolean;
}

export class Figures {
  readonly all: Figure[] = [];

  /** Keeps a measurement; beyond a limit, or not a number, it fails the scenario, which still goes on measuring. */
  measured(label: string, value: number, limits: { unit?: string; atMost?: number; atLeast?: number } = {}): void {
    const { unit = '', atMost, atLeast } = limits;
    const good =
      (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast) && !Number.isNaN(value);
    const limit = [atMost === undefined ? '' : `≤ ${rounded(atMost)}`, atLeast === undefined ? '' : `≥ ${atLeast}`]
      .join(' ')
      .trim();
    this.all.push({ label, value: rounded(value), unit, good, ...(limit && { limit }) });
  }

  /** Keeps a fact that must hold. */
  holds(label: string, fact: boolean): void {
    this.all.push({ label, value: fact ? 1 : 0, unit: 'yes', good: fact });
  }
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** `9.1 s ≤ 10`, `yes`, `no!` … one line. */
export function describe({ label, value, unit, limit, good }: Figure): string {
  const shown = unit === 'yes' ? (value ? 'yes' : 'no') : `${value}${unit && ` ${unit}`}`;
  return `${label} ${shown}${limit ? ` (${limit})` : ''}${good ? '' : ' ✗'}`;
}

/** The value below which `share` of `values` lie; NaN where there are none. */
export function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
