/**
 * `node crowd.ts COUNT URL`: COUNT people enter one room at once, with real proofs, and stay until all are in.
 * Prints `{"welcomed", "seconds"}`. A process of its own, so that the lab's does not slow it.
 */
import { ROOM_PATH } from '../../worker/protocol.ts';
import { enterMessage, makeIdentity, makeLink } from '../support/room-client.ts';

/** Milliseconds. */
const PATIENCE = 30_000;

const [count = '', url = ''] = process.argv.slice(2);
const link = await makeLink();
// Before the clock starts: every browser makes its keys by itself.
const identities = await Promise.all(Array.from({ length: Number(count) }, makeIdentity));
let welcomed = 0;
const began = performance.now();
const all = Promise.all(
  identities.map(
    (identity) =>
      new Promise<void>((resolve) => {
        const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${ROOM_PATH}${link.roomId}`);
        socket.onmessage = ({ data }) => {
          const text = String(data);
          if (text.startsWith('{"type":"challenge"')) {
            const { nonce }: { nonce: string } = JSON.parse(text);
            void enterMessage(link, identity, nonce).then((enter) => socket.send(JSON.stringify(enter)));
          } else if (text.startsWith('{"type":"welcome"')) {
            welcomed += 1;
            resolve();
          }
        };
        socket.onclose = () => resolve();
      }),
  ),
);
await Promise.race([all, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
console.log(JSON.stringify({ welcomed, seconds: (performance.now() - began) / 1000 }));
process.exit();
