/** A page in a browser in a place of the lab's internet, whichever browser it is. */
export interface Tab {
  /** Runs `work` in the page. */
  evaluate<A, R>(work: (argument: A) => R | Promise<R>, argument: A): Promise<R>;
  /** What the page printed and threw. */
  readonly log: readonly string[];
  /** Another tab of the same browser, of somebody else, with the same page. */
  beside(): Promise<Tab>;
  /** Another tab of the same profile, with the same page. */
  twin(): Promise<Tab>;
  reload(): Promise<void>;
  /** SIGKILL to the process that runs the page. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

export const BROWSERS = ['chromium', 'firefox'] as const;
export type BrowserName = (typeof BROWSERS)[number];
