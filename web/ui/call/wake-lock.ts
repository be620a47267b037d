/** Keeps the screen awake while the call is shown. Refuses to know the call. */

/** Until the returned function is called. The system takes the lock away from hidden pages: it is asked for again. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | undefined;
  let over = false;

  async function ask() {
    if (!('wakeLock' in navigator) || document.visibilityState !== 'visible' || over) return;
    try {
      const given = await navigator.wakeLock.request('screen');
      if (over) void given.release();
      else lock = given;
    } catch {
      // Low battery or a policy: the screen may then go dark, and the call goes on.
    }
  }

  const visible = () => void ask();
  document.addEventListener('visibilitychange', visible);
  void ask();
  return () => {
    over = true;
    document.removeEventListener('visibilitychange', visible);
    void lock?.release();
  };
}
