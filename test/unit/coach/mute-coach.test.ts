import { beforeEach, describe, expect, it } from 'vitest';
import { MuteCoach } from '../../../web/coach/mute-coach.ts';

let coach: MuteCoach;
let now: number;

beforeEach(() => {
  coach = new MuteCoach();
  now = 100_000;
});

/** Lets `milliseconds` go by, looked at ten times a second; true where it was shown all the time. */
function pass(milliseconds: number): boolean {
  let always = true;
  for (let gone = 0; gone < milliseconds; gone += 100) {
    now += 100;
    coach.tick(now);
    always &&= coach.shown;
  }
  return always;
}

function speak(): void {
  coach.voice(true, now);
}

/** The detector's word comes about a second after the last one of the person. */
function fallSilent(): void {
  pass(1_000);
  coach.voice(false, now);
}

function muteAndWait(): void {
  coach.muted(now);
  pass(2_000);
}

describe('the mute coach', () => {
  it('[64] tells at once who speaks while muted', () => {
    muteAndWait();
    speak();
    expect(coach.shown).toBe(true);
  });

  it('says nothing of someone who is not muted', () => {
    speak();
    pass(5_000);
    expect(coach.shown).toBe(false);
  });

  it('lets the tail of a sentence pass for 1.5 s after muting, and no longer', () => {
    speak();
    coach.muted(now);
    pass(1_400);
    expect(coach.shown).toBe(false);
    pass(100);
    expect(coach.shown).toBe(true);
  });

  it('stays while speech goes on, and goes 3 s after the last word', () => {
    muteAndWait();
    speak();
    expect(pass(30_000)).toBe(true);
    fallSilent();
    expect(pass(1_900)).toBe(true);
    pass(100);
    expect(coach.shown).toBe(false);
  });

  it('stays over a pause for breath', () => {
    muteAndWait();
    speak();
    fallSilent();
    pass(1_000);
    speak();
    expect(pass(10_000)).toBe(true);
  });

  it('goes when unmuted', () => {
    muteAndWait();
    speak();
    coach.unmuted();
    expect(coach.shown).toBe(false);
    pass(1_000);
    expect(coach.shown).toBe(false);
  });

  it('comes at most once in 20 s, and then also in the middle of a sentence', () => {
    muteAndWait();
    speak();
    fallSilent();
    pass(5_000);
    expect(coach.shown).toBe(false);
    speak();
    pass(13_900);
    expect(coach.shown).toBe(false);
    pass(100);
    expect(coach.shown).toBe(true);
  });

  it('is silent after "Dismiss" until 20 s have passed without speech', () => {
    muteAndWait();
    speak();
    coach.dismiss(now);
    pass(60_000);
    expect(coach.shown).toBe(false);
    fallSilent();
    pass(10_000);
    speak();
    expect(coach.shown).toBe(false);
    fallSilent();
    pass(19_000);
    speak();
    expect(coach.shown).toBe(true);
  });

  it('can be dismissed after the last word too', () => {
    muteAndWait();
    speak();
    fallSilent();
    pass(500);
    coach.dismiss(now);
    pass(18_000);
    speak();
    expect(coach.shown).toBe(false);
  });

  it('never comes again in this call when switched off for it', () => {
    muteAndWait();
    speak();
    coach.silenceForCall();
    expect(coach.shown).toBe(false);
    coach.unmuted();
    pass(60_000);
    coach.joinedMuted(now);
    speak();
    pass(60_000);
    expect(coach.shown).toBe(false);
  });

  it('always tells the first words of who joined muted, also right after another telling', () => {
    muteAndWait();
    speak();
    fallSilent();
    pass(3_000);
    coach.unmuted();
    coach.joinedMuted(now);
    speak();
    expect(coach.shown).toBe(true);
  });

  it('counts only the first words of who joined muted', () => {
    coach.joinedMuted(now);
    speak();
    fallSilent();
    pass(5_000);
    speak();
    expect(coach.shown).toBe(false);
  });
});
