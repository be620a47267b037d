/** Milliseconds that the ladder of recovery.ts waits, for what, and why so long. */
export const TIMES = {
  /** Audio comes every 20 ms: so long without a packet is a stall, not jitter. */
  mediaSilence: 300,
  /** Without media the channel's pong is the only sign of life, and it comes once a second. */
  silence: 2_000,
  /** From suspicion to the first restart, for what is only late: a restart in vain costs two messages and a connection. */
  patience: 100,
  /** What the other side waits longer than the driver. */
  courtesy: 600,
  /** A sender keeps what it sent for retransmission for about this long (libwebrtc's RtpPacketHistory). */
  retransmitted: 1_000,
  /** From suspicion until no pictures are sent: by then it is known whether what is silent is only late. */
  heldAfter: 200,
  /**
   * For so long, from then on, no pictures are sent into the silence: all would be reported as lost at its end, the browser's
   * estimate of the bandwidth would collapse, and a whole picture take seconds. After that they are sent again: where one
   * direction alone is dead, it may not be the one that they take.
   */
  held: 3_000,
  /** When a person is told: sound is heard 0.1 s late and looked for every 0.25 s, so the tile says it within 2.5 s. */
  told: 1_900,
  /** The same where only pongs come: the last was up to 1 s before the silence, and the next gets a chance first. */
  toldWithoutMedia: 2_200,
  /**
   * For so long into a silence their last word holds that they do not hear me: what comes from there may only be late, and the
   * time until I am told would begin again. No longer: where neither hears the other both are told that, and nothing else.
   */
  wordHolds: 1_000,
  /** A new connection that is not up by then is called stuck. */
  stuck: 8_000,
  /** A first offer that is unanswered for so long is sent again: it, or its answer, may be lost. */
  unanswered: 4_000,
  /** Between attempts: after an outage that only one side has noticed nobody waits longer. */
  attempts: 3_000,
  /** The same after a minute without any: each makes a connection, and what has not helped for so long rarely will. */
  rareAttempts: 8_000,
  rareAfter: 60_000,
  /** Where the connection is up and carries nothing an attempt is made at once, and then once a second at most. */
  attemptsWhenUp: 1_000,
  /** No contact for so long, and the room does not know them either: gone. */
  absence: 12_000,
  /**
   * Longer where the room has heard nothing, and no end of their socket either: a lid that is closed and opened. It says so after
   * 15 to 20 s, so whoever sleeps for half a minute comes back to the connection that they left.
   */
  asleep: 6_000,
} as const;
