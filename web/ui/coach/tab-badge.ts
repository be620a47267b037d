/** A red dot on the tab's icon while the page is hidden, for whoever looks at another tab. Refuses to know what it means. */
const PLAIN = '/favicon.svg';
const BADGED = '/favicon-muted.svg';

/** Until the returned function is called. */
export function badgeTab(): () => void {
  const follow = () => setIcon(document.hidden ? BADGED : PLAIN);
  follow();
  document.addEventListener('visibilitychange', follow);
  return () => {
    document.removeEventListener('visibilitychange', follow);
    setIcon(PLAIN);
  };
}

function setIcon(address: string): void {
  document.querySelector('link[rel="icon"]')?.setAttribute('href', address);
}
