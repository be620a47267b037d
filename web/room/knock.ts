/**
 * Asks by a plain request whether the server can be reached, before a WebSocket is risked on it.
 *
 * Browsers slow down WebSockets that fail, and then also the one that would not: after some 25 failures Chromium lets every
 * socket of the page wait 1 to 5 s (services/network/websocket_throttler.cc; it forgets after 3 to 6 minutes), and Firefox
 * waits half as long again with each failure, up to 60 s (netwerk/protocol/websocket/WebSocketChannel.cpp, FailDelay). With
 * a socket tried every 0.3 s a room that was away for 60 s came back up to 4.5 s late in Chromium, and not within 3 s in
 * Firefox. Requests that fail cost nothing. Refuses to know when to ask, and what the answer is good for.
 */

/**
 * True where `url` of this origin answers well; false where it does not, or `signal` ends the wait. Sent without credentials:
 * browsers keep the connections of such requests apart, so the first ones of a call do not wait for one that the outage has
 * killed. Later ones may, over HTTP/2: 1.3 to 5.3 s after outages of 5 to 12 s (Chromium 156); that of an outage before stands
 * for minutes.
 */
export function knock(url: string, signal: AbortSignal): Promise<boolean> {
  return fetch(url, { cache: 'no-store', credentials: 'omit', signal }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Whether requests to this origin share one connection, by HTTP/2 or 3: where that has died they all wait for it. */
export function sharesConnection(): boolean {
  const [page] = performance.getEntriesByType('navigation');
  return page !== undefined && 'nextHopProtocol' in page && /^h[23]/.test(String(page.nextHopProtocol));
}
