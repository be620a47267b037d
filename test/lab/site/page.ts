/**
 * The page that the lab opens: the product's Call, with no screen but a video and an audio element for each tile, as any screen
 * has. Before it runs, captures are made small, so that two cores carry eight people. Refuses to know what is tested.
 */
import { Call } from '../../../web/call.svelte.ts';
import { createLink, parseLink } from '../../../web/seal/link.ts';
import { shrinkCaptures, type Capture } from '../../support/small-captures.ts';
import './bare.ts';
import { Gauge, type Snapshot } from './gauge.ts';

export interface Lab {
  createLink(): Promise<string>;
  /** Opens the devices. */
  prepare(options: { link: string; name: string; capture: Capture; camera: boolean }): Promise<void>;
  /** Opens the room, and stays in pre-join. */
  enter(): Promise<void>;
  join(): void;
  leave(): void;
  mute(): Promise<void>;
  say(text: string): void;
  snapshot(): Promise<Snapshot>;
  /** How many of the others are live and heard. Cheap, where a snapshot asks every connection for its statistics. */
  met(): number;
  /** When the first sound of each connection came, milliseconds since the epoch. */
  sounds(): number[];
}

declare global {
  interface Window {
    lab: Lab;
  }
}

let call: Call | undefined;
const gauge = new Gauge(() => call);

window.lab = {
  createLink: async () => (await createLink(location.origin)).link.url,
  prepare: async ({ link, name, capture, camera }) => {
    shrinkCaptures(capture);
    const parsed = parseLink(link, location.origin);
    if (!parsed) throw new Error('not a link');
    call = new Call(parsed);
    call.self.name = name;
    await call.self.openPreview();
    if ((call.self.camera === 'on') !== camera) await call.self.toggleCamera();
    if (call.self.microphone !== 'on') await call.self.toggleMicrophone();
  },
  enter: async () => {
    await call?.enter();
  },
  join: () => call?.join(),
  leave: () => call?.leave(),
  mute: async () => {
    if (call?.self.microphone === 'on') await call.self.toggleMicrophone();
  },
  say: (text) => call?.chat.send(text),
  snapshot: () => gauge.snapshot(),
  met: () => gauge.met(),
  sounds: () => gauge.sounds(),
};
