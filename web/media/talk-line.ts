/**
 * What a microphone picked up a moment ago. Whoever presses a key to talk has often begun to speak already: this line holds
 * the sound back by DELAY, so that a gate opened now lets through what was said just before. Nothing is kept but that moment,
 * in the audio thread. Refuses to know keys, mute, and who receives it.
 */

/** Milliseconds: a first syllable, and short enough to talk with. */
export const DELAY = 300;

export class TalkLine {
  readonly #context: BaseAudioContext;
  readonly #source: AudioNode;
  readonly #delay: DelayNode;
  readonly #gate: GainNode;
  readonly #out: MediaStreamAudioDestinationNode;

  /** `source` belongs to `context`, and so does the caller's. Throws where Web Audio lacks a node. */
  constructor(context: AudioContext, source: AudioNode) {
    this.#context = context;
    this.#source = source;
    this.#delay = new DelayNode(context, { delayTime: DELAY / 1_000, maxDelayTime: 1 });
    this.#gate = new GainNode(context, { gain: 0 });
    this.#out = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    source.connect(this.#delay).connect(this.#gate).connect(this.#out);
  }

  /** Lets sound through, from DELAY ago on. Undefined while no audio runs: there is nothing to let through. */
  open(): MediaStreamTrack | undefined {
    const [track] = this.#out.stream.getAudioTracks();
    if (this.#context.state !== 'running' || track === undefined) return undefined;
    this.#gate.gain.value = 1;
    return track;
  }

  shut(): void {
    this.#gate.gain.value = 0;
  }

  close(): void {
    this.shut();
    this.#source.disconnect(this.#delay);
    for (const track of this.#out.stream.getTracks()) track.stop();
  }
}
