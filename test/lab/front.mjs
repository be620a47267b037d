/**
 * In front of the room in raw workerd: the lab's page from a folder, and everything else as deployed. Cloudflare serves files before
 * the Worker is asked; workerd alone knows folders, and no types. Refuses to know what the Worker answers.
 */
import worker from './index.js';

export { Room } from './index.js';

/** By the end of a name. */
const TYPES = {
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
  json: 'application/json',
  wasm: 'application/wasm',
};

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/api/')) return worker.fetch(request, env, context);
    const path = pathname === '/' ? '/index.html' : pathname;
    const file = await env.SITE.fetch(`http://site${path}`);
    const type = TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    return new Response(file.body, { status: file.status, headers: { 'Content-Type': type } });
  },
};
