/**
 * Short tones made with WebAudio, without a file: someone came, went, wrote, raised a hand; and the speaker's test.
 * Refuses to know when they are due.
 */

export type Sound = 'join' | 'leave' | 'hand' | 'message' | 'record';

/** [frequency in hertz, start in seconds] of each note; a fifth up for coming, down for going. */
const NOTES: Record<Sound | 'test', readonly (readonly [number, number])[]> = {
  join: [
    [392, 0],
    [587, 0.11],
  ],
  leave: [
    [587, 0],
    [392, 0.11],
  ],
  hand: [
    [659, 0],
    [659, 0.16],
  ],
  message: [[784, 0]],
  record: [
    [523, 0],
    [523, 0.14],
    [523, 0.28],
  ],
  test: [
    [392, 0],
    [494, 0.22],
    [587, 0.44],
    [784, 0.66],
  ],
};

/** Peaks of 0..1: heard under speech, never over it; a test is what somebody waits for. */
const VOLUME = 0.08;
const TEST_VOLUME = 0.25;

let context: AudioContext | undefined;

export async function play(sound: Sound, speakerId: string): Promise<void> {
  await sing(NOTES[sound], VOLUME, speakerId);
}

export async function playTestSound(speakerId: string): Promise<void> {
  await sing(NOTES.test, TEST_VOLUME, speakerId);
}

async function sing(notes: readonly (readonly [number, number])[], volume: number, speakerId: string): Promise<void> {
  try {
    context ??= new AudioContext();
    // Without a gesture, or without an audio device, the context stays suspended: then there is no sound, and no wait.
    void context.resume();
    // AudioContext.setSinkId: Chrome 110. Elsewhere the system's speaker.
    if ('setSinkId' in context && typeof context.setSinkId === 'function') await context.setSinkId(speakerId);
  } catch {
    return;
  }
  for (const [frequency, start] of notes) note(context, frequency, context.currentTime + start, volume);
}

/** A soft triangle tone of 0.3 s: 15 ms of attack so that it does not click, then it fades. */
function note(audio: AudioContext, frequency: number, at: number, volume: number): void {
  const tone = new OscillatorNode(audio, { type: 'triangle', frequency });
  const gain = new GainNode(audio, { gain: 0 });
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(volume, at + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.3);
  tone.connect(gain).connect(audio.destination);
  tone.start(at);
  tone.stop(at + 0.32);
}
