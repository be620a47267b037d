/**
 * `node crowd.ts COUNT URL`: COUNT people enter one room at once, with real proofs, and stay until each has heard of all others.
 * Prints how many were welcomed, until when, how many have heard of everyone, and until when, in seconds. A process of its own, so
 * that the lab's does not slow it.
 */
import { ROOM_PATH } from '../../worker/protocol.ts';
import { enterMessage, makeIdentity, makeLink } from '../support/room-client.ts';

/** Milliseconds. */
const PATIENCE = 30_000;

const [count = '', url = ''] = process.argv.slice(2);
const link = await makeLink();
// Before the clock starts: every browser makes its keys by itself.
const identities = await Promise.all(Array.from({ length: Number(count) }, makeIdentity));
const began = performance.now();
const seconds = () => (performance.now() - began) / 1000;
const said = { welcomed: 0, welcomedAfter: 0, acquainted: 0, acquaintedAfter: 0 };
const all = Promise.all(
  identities.map(
    (identity) =>
      new Promise<void>((resolve) => {
        let heardOf = 0;
        const hear = (others: number): void => {
          heardOf += others;
          if (heardOf < identities.length - 1) return;
          said.acquainted += 1;
          said.acquaintedAfter = seconds();
          resolve();
        };
        const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${ROOM_PATH}${link.roomId}`);
        socket.onmessage = ({ data }) => {
          const text = String(data);
          if (text.startsWith('{"type":"challenge"')) {
            const { nonce }: { nonce: string } = JSON.parse(text);
            void enterMessage(link, identity, nonce).then((enter) => socket.send(JSON.stringify(enter)));
          } else if (text.startsWith('{"type":"welcome"')) {
            said.welcomed += 1;
            said.welcomedAfter = seconds();
            hear(text.split('{"sid":').length - 1);
          } else if (text.startsWith('{"type":"entered"')) {
            hear(1);
          }
        };
        socket.onclose = () => resolve();
      }),
  ),
);
await Promise.race([all, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
console.log(JSON.stringify(said));
process.exit();
