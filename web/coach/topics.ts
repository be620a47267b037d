/** What the coach may speak about. Each can be switched off for good, alone. */
export const TOPICS = ['muted', 'system', 'silent', 'wrong', 'noisy', 'unheard', 'echo'] as const;

export type Topic = (typeof TOPICS)[number];
