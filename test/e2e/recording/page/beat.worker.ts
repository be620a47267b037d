/** A timer that a hidden tab does not slow down. */
self.onmessage = ({ data }: MessageEvent<number>) => setInterval(() => self.postMessage(null), data);
