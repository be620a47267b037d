import { describe, expect, it } from 'vitest';
import { Participant } from '../../../web/participant.svelte.ts';
import {
  cornerAt,
  cornerByKey,
  cornerRect,
  FIRST_CORNER,
  nextCorner,
  type Corner,
} from '../../../web/ui/call/corner.ts';
import { tileName } from '../../../web/ui/call/tile-name.ts';
import { lacksOf } from '../../../web/ui/ending/lacks.ts';
import { clockOf, lengthOf, nameOf } from '../../../web/ui/names.ts';
import { browserOf, systemOf, wordsFor } from '../../../web/ui/preview/problems.ts';

describe('tileName', () => {
  it('says what applies, in a constant order', () => {
    const ana = new Participant('ana', 'remote');
    ana.name = 'Ana';
    ana.microphone = 'on';
    ana.direct = 'live';
    expect(tileName(ana)).toBe('Ana');
    ana.microphone = 'muted';
    ana.hand = 0;
    ana.direct = 'reconnecting';
    ana.screen = true;
    expect(tileName(ana)).toBe('Ana, microphone off, hand raised, reconnecting, presenting');
    const me = new Participant('me', 'self');
    me.name = 'Di';
    expect(tileName(me)).toBe('Di, you, microphone off');
  });

  it('never is empty', () => expect(nameOf('  ')).toBe('Guest'));
});

describe('lengths of time', () => {
  it.each([
    [0, '0:00'],
    [59_999, '0:59'],
    [245_000, '4:05'],
    [3_723_000, '1:02:03'],
    [-5, '0:00'],
  ])('%i ms on the clock is %s', (time, clock) => expect(clockOf(time)).toBe(clock));
  it.each([
    [400, '1 second'],
    [40_000, '40 seconds'],
    [300_000, '5 minutes'],
    [3_600_000, '1 hour'],
    [3_905_000, '1 hour, 5 minutes'],
  ])('%i ms are %s', (time, words) => expect(lengthOf(time)).toBe(words));
});

const AGENTS = {
  chrome: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  android:
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36',
  firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
  safari:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/27.0 Safari/605.1.15',
  ios: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/156.0 Mobile/15E148 Safari/604.1',
} as const;

describe('device problems', () => {
  it.each(Object.entries(AGENTS))('know %s by its agent', (browser, agent) =>
    expect(browserOf(agent, false)).toBe(browser),
  );
  it('know an iPad that calls itself a Mac', () => expect(browserOf(AGENTS.safari, true)).toBe('ios'));
  it('know the system', () => expect([systemOf(AGENTS.safari), systemOf(AGENTS.chrome)]).toEqual(['mac', 'other']));

  it('give every browser words of its own for a refusal', () => {
    const hints = (['chrome', 'android', 'firefox', 'safari', 'ios'] as const).map(
      (browser) => wordsFor('camera', 'denied', browser, 'other').hint,
    );
    expect(new Set(hints).size).toBe(5);
  });

  it('offer to try again only where that can help', () => {
    expect(wordsFor('microphone', 'dismissed', 'chrome', 'other').action).toBe('Ask again');
    expect(wordsFor('microphone', 'missing', 'chrome', 'other').action).toBeUndefined();
    expect(wordsFor('camera', 'insecure', 'chrome', 'other').action).toBeUndefined();
  });
});

describe('lacksOf', () => {
  const full = { ...globalThis, isSecureContext: true, RTCPeerConnection: class {}, crypto: { subtle: {} } };
  const scope = (change: object) => Object.assign(Object.create(null), full, change);

  it('finds nothing to miss in a current browser', () => expect(lacksOf(scope({}))).toEqual([]));
  it('names the address alone where it is insecure', () =>
    expect(lacksOf(scope({ isSecureContext: false, crypto: {} }))).toEqual(['secure-address']));
  it('names what is missing', () => {
    const without = scope({ crypto: {} });
    delete without.RTCPeerConnection;
    expect(lacksOf(without)).toEqual(['webrtc', 'crypto']);
  });
});

describe("one's own picture", () => {
  const area = { width: 1000, height: 600 };
  const corners: Corner[] = [
    FIRST_CORNER,
    { block: 'start', inline: 'left' },
    { block: 'start', inline: 'right' },
    { block: 'end', inline: 'left' },
  ];

  it('stands inside the stage in every corner, and is found there again', () => {
    for (const corner of corners) {
      const { x, y, width, height } = cornerRect(corner, area, 10);
      expect(x).toBeGreaterThanOrEqual(10);
      expect(y).toBeGreaterThanOrEqual(10);
      expect(x + width).toBeLessThanOrEqual(area.width - 10);
      expect(y + height).toBeLessThanOrEqual(area.height - 10);
      expect(cornerAt({ x: x + width / 2, y: y + height / 2 }, area)).toEqual(corner);
    }
  });

  it('comes round to where it began after four clicks', () => {
    let corner = FIRST_CORNER;
    const visited = new Set<string>();
    for (let click = 0; click < 4; click += 1) {
      corner = nextCorner(corner);
      visited.add(`${corner.block} ${corner.inline}`);
    }
    expect(visited.size).toBe(4);
    expect(corner).toEqual(FIRST_CORNER);
  });

  it('goes where the arrow points', () => {
    expect(cornerByKey(FIRST_CORNER, 'ArrowUp')).toEqual({ block: 'start', inline: 'right' });
    expect(cornerByKey(FIRST_CORNER, 'ArrowLeft')).toEqual({ block: 'end', inline: 'left' });
    expect(cornerByKey(FIRST_CORNER, 'Enter')).toBeUndefined();
  });
});
