/**
 * The call in a small window above all others: a document of its own where there is one (Chrome 116, Firefox 151),
 * else the picture of whoever is shown. Refuses to know what the small window shows.
 */
import { mount, unmount } from 'svelte';
import type { Call } from '../../call.svelte.ts';
import Floating from './Floating.svelte';

interface DocumentPictureInPicture {
  requestWindow: (options: { width: number; height: number }) => Promise<Window>;
}

export function canFloat(): boolean {
  return documentWindows() !== undefined || document.pictureInPictureEnabled;
}

/** Whether a window opened. Must be called in a gesture. */
export async function float(call: Call): Promise<boolean> {
  try {
    const windows = documentWindows();
    if (windows) await floatDocument(windows, call);
    else await floatVideo();
    return true;
  } catch {
    return false;
  }
}

async function floatDocument(windows: DocumentPictureInPicture, call: Call): Promise<void> {
  const small = await windows.requestWindow({ width: 380, height: 260 });
  for (const sheet of document.querySelectorAll<HTMLElement>('link[rel="stylesheet"], style')) {
    const copy = sheet.cloneNode(true);
    // The small document's base may be blank; `href` the property is absolute.
    if (sheet instanceof HTMLLinkElement && copy instanceof Element) copy.setAttribute('href', sheet.href);
    small.document.head.append(copy);
  }
  small.document.documentElement.dataset['stage'] = '';
  small.document.documentElement.lang = document.documentElement.lang;
  small.document.documentElement.dir = document.documentElement.dir;
  const component = mount(Floating, { target: small.document.body, props: { call, onclose: () => small.close() } });
  small.addEventListener('pagehide', () => void unmount(component), { once: true });
}

async function floatVideo(): Promise<void> {
  const videos = [...document.querySelectorAll('video')].filter((video) => video.videoWidth > 0);
  const largest = videos.toSorted((a, b) => b.clientWidth * b.clientHeight - a.clientWidth * a.clientHeight)[0];
  if (!largest) throw new Error('no picture to float');
  await largest.requestPictureInPicture();
}

function documentWindows(): DocumentPictureInPicture | undefined {
  const scope: object = globalThis;
  return isDocumentWindows(scope) ? scope.documentPictureInPicture : undefined;
}

function isDocumentWindows(scope: object): scope is { documentPictureInPicture: DocumentPictureInPicture } {
  return 'documentPictureInPicture' in scope;
}
