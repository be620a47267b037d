import { expect, it } from 'vitest';
import { Connections } from '../../../web/mesh/connections.ts';
import { Peer } from '../../../web/mesh/peer.ts';
import type { Candidates, Description } from '../../../web/protocol.ts';
import { certificateOf } from '../../support/fake-webrtc.ts';
import { pass, stage } from './meeting.ts';

const { internet } = stage();

const nothing = () => undefined;

/** Ana's connections to Bo, one that was given up and a successor, whose offer Bo answers or does not get. */
async function trying({ answers }: { answers: boolean }) {
  const [ana, bo] = [certificateOf('Ana'), certificateOf('Bo')];
  const signals: (Description | Candidates)[] = [];
  const connections = new Connections({
    peerOptions: () => ({
      configuration: { certificates: [ana.certificate] },
      polite: false,
      fingerprint: bo.fingerprint,
      onText: nothing,
      onMismatch: nothing,
    }),
    onSignal: (message) => signals.push(message),
    onState: nothing,
    onUp: nothing,
    onTracks: nothing,
    onSucceeded: nothing,
    onOpen: nothing,
    onBroken: nothing,
    now: () => performance.now(),
  });
  internet().cut('Ana', 'Bo');
  connections.offer();
  await pass(100);
  signals.splice(0);
  connections.succeed();
  await pass(100);
  const [offer] = signals.splice(0);
  if (answers && offer?.type === 'description') {
    const other = new Peer({
      configuration: { certificates: [bo.certificate] },
      epoch: offer.epoch,
      initiator: false,
      polite: true,
      fingerprint: ana.fingerprint,
      onSignal: (message) => message.type === 'description' && void connections.at(offer.epoch)?.receive(message),
      onText: nothing,
      onChannel: nothing,
      onState: nothing,
      onTracks: nothing,
      onMismatch: nothing,
      onBroken: nothing,
    });
    void other.receive(offer);
    await pass(500);
  }
  return { connections, successor: connections.at(connections.epoch) };
}

it('a successor that was answered late is given 3 s from then on to come up', async () => {
  const { connections, successor } = await trying({ answers: true });
  expect(successor?.answered).toBe(true);
  await pass(2_000);
  connections.tick('silent');
  await pass(2_900);
  connections.succeed();
  expect(connections.at(connections.epoch)).toBe(successor);
  await pass(200);
  connections.succeed();
  expect(connections.at(connections.epoch)).not.toBe(successor);
  connections.close();
});

it('a successor that nobody has answered for 3 s is made anew', async () => {
  const { connections, successor } = await trying({ answers: false });
  await pass(3_000);
  connections.succeed();
  expect(connections.at(connections.epoch)).not.toBe(successor);
  connections.close();
});
