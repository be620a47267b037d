/**
 * A person's mouth before their microphones: a recorded human voice and tones that a test plays when it wants, into every
 * microphone that is not deaf. The browser's own fake microphones give permission, ids and labels; only their sound is
 * replaced. Refuses to know what the page does with it.
 */
import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { allConnected, type Person } from './people.ts';

/** Eight short recordings of a woman, from Debian's alsa-utils. */
const VOICES = ['Front_Center', 'Front_Left', 'Rear_Right', 'Side_Left', 'Front_Right', 'Rear_Center', 'Side_Right'];

interface Mouth {
  /** Labels of the microphones that deliver nothing at all. */
  deaf: Set<string>;
  /** The captures that the page has had, newest last. */
  tracks: MediaStreamTrack[];
  ready: Promise<void>;
  /** Until hush(). The time of the first sound. */
  speak: () => number;
  hush: () => void;
  /** A tone of `milliseconds` from now on. */
  beep: (hertz: number, milliseconds: number) => void;
  /** From now on the loudspeaker feeds the microphones. */
  leak: () => void;
}

declare global {
  interface Window {
    mouth: Mouth;
  }
}

/** To be called before the page is opened. */
export async function giveMouth({ context }: Person): Promise<void> {
  const recordings = VOICES.map((name) => readFileSync(`/usr/share/sounds/alsa/${name}.wav`).toString('base64'));
  await context.addInitScript(equip, recordings);
}

/** Ana and Bo with a mouth each, connected, both microphones on. */
export async function meetWithMouths(newPerson: () => Promise<Person>): Promise<{ ana: Person; bo: Person }> {
  const [ana, bo] = [await newPerson(), await newPerson()];
  await giveMouth(ana);
  await giveMouth(bo);
  const link = await ana.newMeeting();
  await ana.join('Ana');
  await bo.open(link);
  await bo.join('Bo');
  await allConnected([ana, bo]);
  return { ana, bo };
}

export function speak(page: Page): Promise<number> {
  return page.evaluate(async () => {
    await window.mouth.ready;
    return window.mouth.speak();
  });
}

export function hush(page: Page): Promise<void> {
  return page.evaluate(() => window.mouth.hush());
}

/** A tone of `hertz`, until the page is closed. */
export function hum(page: Page, hertz: number): Promise<void> {
  return page.evaluate((tone) => window.mouth.beep(tone, 600_000), hertz);
}

/** Runs in the page, before its own code. */
function equip(recordings: string[]): void {
  const devices = navigator.mediaDevices;
  if (!devices) return;
  const context = new AudioContext();
  const air = new GainNode(context);
  /** As a working microphone has it in a quiet room; −70 dB. */
  const hiss = new AudioBufferSourceNode(context, { buffer: noise(context), loop: true });
  hiss.start();
  const leaks: MediaStreamTrack[] = [];
  const playing: AudioBufferSourceNode[] = [];
  const outputs: { label: string; gain: GainNode }[] = [];
  let voice: AudioBuffer | undefined;

  const deaf = new (class extends Set<string> {
    override add(label: string): this {
      super.add(label);
      for (const output of outputs) if (output.label === label) output.gain.gain.value = 0;
      return this;
    }
  })();

  window.mouth = {
    deaf,
    tracks: [],
    ready: load(),
    speak: () => {
      const source = new AudioBufferSourceNode(context, { buffer: voice ?? null, loop: true });
      source.connect(air);
      source.start();
      playing.push(source);
      return Date.now();
    },
    hush: () => {
      for (const source of playing.splice(0)) source.stop();
    },
    beep: (hertz, milliseconds) => {
      const tone = new OscillatorNode(context, { frequency: hertz });
      tone.connect(new GainNode(context, { gain: 0.4 })).connect(air);
      tone.start();
      tone.stop(context.currentTime + milliseconds / 1_000);
    },
    leak: () => {
      for (const track of leaks) {
        const source = context.createMediaStreamSource(new MediaStream([track]));
        source.connect(new DelayNode(context, { delayTime: 0.06 })).connect(air);
      }
    },
  };

  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      this.addEventListener('track', ({ track }) => track.kind === 'audio' && leaks.push(track));
    }
  };

  const getUserMedia = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    const stream = await getUserMedia(constraints);
    for (const track of stream.getAudioTracks()) {
      stream.removeTrack(track);
      stream.addTrack(replace(track));
    }
    return stream;
  };

  function replace(real: MediaStreamTrack): MediaStreamTrack {
    const out = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    const gain = new GainNode(context, { gain: deaf.has(real.label) ? 0 : 1 });
    outputs.push({ label: real.label, gain });
    air.connect(gain).connect(out);
    hiss.connect(gain);
    const [track] = out.stream.getAudioTracks();
    if (!track) return real;
    const stop = track.stop.bind(track);
    Object.defineProperties(track, {
      label: { value: real.label },
      getSettings: { value: () => real.getSettings() },
      stop: { value: () => (real.stop(), stop()) },
    });
    window.mouth.tracks.push(track);
    return track;
  }

  async function load(): Promise<void> {
    const parts = await Promise.all(
      recordings.map((text) => context.decodeAudioData(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer)),
    );
    const samples = parts.map((part) => loudPart(part.getChannelData(0)));
    const length = samples.reduce((sum, part) => sum + part.length, 0);
    voice = new AudioBuffer({ length, sampleRate: context.sampleRate });
    let at = 0;
    for (const part of samples) {
      voice.copyToChannel(part, 0, at);
      at += part.length;
    }
  }

  /** Without the silence before the first word: the clock starts with the voice. */
  function loudPart(samples: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
    return samples.subarray(
      Math.max(
        0,
        samples.findIndex((sample) => Math.abs(sample) > 0.02),
      ),
    );
  }

  function noise(owner: AudioContext): AudioBuffer {
    const buffer = new AudioBuffer({ length: owner.sampleRate, sampleRate: owner.sampleRate });
    buffer.copyToChannel(
      Float32Array.from({ length: buffer.length }, () => (Math.random() - 0.5) * 1e-3),
      0,
    );
    return buffer;
  }
}
