import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { agree, connected, negotiators, type Message, type Negotiator } from '../../support/negotiators.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const only = (message: Message, kind: 'offer' | 'answer') => (message.kind === kind ? [message] : []);
const kinds = ({ sent }: Negotiator) => sent.map(({ kind }) => kind).filter((kind) => kind !== 'candidates');
const ufrag = ({ connection }: Negotiator) => connection.credentials?.local;
const first = (kind: Message['kind'], { sent }: Negotiator) => {
  const message = sent.find((candidate) => candidate.kind === kind);
  if (!message) throw new TypeError(`no ${kind} was sent`);
  return message;
};

describe.each(['Ana', 'Bo'] as const)('negotiation, %s polite', (politeOne) => {
  it('joins with one offer and one answer', async () => {
    const { ana, bo } = negotiators(politeOne);
    ana.connection.addTransceiver('audio');
    ana.connection.createDataChannel();
    await pass(1_000);
    expect([kinds(ana), kinds(bo)]).toEqual([['offer'], ['answer']]);
    expect(agree(ana, bo)).toBe(true);
  });

  it('[21] survives two offers at once, and each side’s wish comes true', async () => {
    const { ana, bo } = await connected(politeOne);
    const before = [ufrag(ana), ufrag(bo)];
    ana.connection.restartIce();
    bo.connection.addTransceiver('video');
    await pass(1_000);
    expect(agree(ana, bo)).toBe(true);
    expect(ufrag(ana)).not.toBe(before[0]);
    expect(ana.connection.localDescription?.sections).toHaveLength(4);
    expect([ana.broken, bo.broken]).toEqual([[], []]);
  });

  it('[22] converges after 100 rounds in which both change something at about the same time', async () => {
    const { internet, ana, bo } = await connected(politeOne);
    await fc.assert(
      fc.asyncProperty(fc.nat(90), fc.nat(90), fc.nat(30), fc.boolean(), async (mine, theirs, latency, restarts) => {
        internet.latency = latency;
        setTimeout(() => ana.connection.restartIce(), mine);
        setTimeout(() => (restarts ? bo.connection.restartIce() : bo.connection.addTransceiver('audio')), theirs);
        await pass(800);
        expect(agree(ana, bo)).toBe(true);
      }),
      { numRuns: 100, endOnFailure: true },
    );
    expect([ana.broken, bo.broken]).toEqual([[], []]);
  });

  it('[23] sends the offer again where it, or its answer, was lost', async () => {
    for (const lost of ['offer', 'answer'] as const) {
      const { ana, bo } = await connected(politeOne);
      ana.fate = bo.fate = ({ kind }) => (kind === lost ? 'lose' : 'deliver');
      ana.connection.restartIce();
      await pass(4_000);
      expect(ana.connection.signalingState).toBe('have-local-offer');
      ana.fate = bo.fate = () => 'deliver';
      await ana.negotiation.resend();
      await pass(1_000);
      expect(agree(ana, bo), `${lost} lost`).toBe(true);
      expect(ana.connection.offers).toBe(2);
    }
  });

  it('sends nothing again where nothing is unanswered', async () => {
    const { ana } = await connected(politeOne);
    await ana.negotiation.resend();
    expect(ana.sent).toEqual([]);
  });

  it('[24] keeps candidates that come before their description', async () => {
    const { ana, bo } = negotiators(politeOne);
    ana.fate = ({ kind }) => (kind === 'offer' ? 'hold' : 'deliver');
    ana.connection.addTransceiver('audio');
    ana.connection.createDataChannel();
    await pass(500);
    expect(ana.sent.filter(({ kind }) => kind === 'candidates')).toHaveLength(2);
    ana.release(([offer]) => (offer && 'sdp' in offer ? [{ ...offer, sdp: withoutCandidates(offer.sdp) }] : []));
    bo.fate = ({ kind }) => (kind === 'candidates' ? 'lose' : 'deliver');
    await pass(1_000);
    expect(bo.connection.knowsCandidate).toBe(true);
    expect(agree(ana, bo)).toBe(true);
    expect(bo.connection.refused).toEqual([]);
  });

  it('[25] ignores candidates of older credentials', async () => {
    const { ana, bo } = await connected(politeOne);
    const old = ufrag(ana) ?? '';
    ana.connection.restartIce();
    await pass(1_000);
    expect(ufrag(ana)).not.toBe(old);
    const candidate = { candidate: 'candidate:9 1 udp 1 old', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: old };
    bo.receive({ kind: 'candidates', candidates: [candidate] });
    await pass(100);
    expect(bo.connection.refused).toEqual([]);
    expect(agree(ana, bo)).toBe(true);
  });

  it('forgets candidates that no description ever claims, beyond 200', async () => {
    const { ana, bo } = negotiators(politeOne);
    ana.fate = ({ kind }) => (kind === 'offer' ? 'hold' : 'deliver');
    ana.connection.addTransceiver('audio');
    ana.connection.createDataChannel();
    await pass(200);
    const stray = { candidate: 'x', sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'nobody' };
    bo.receive({ kind: 'candidates', candidates: Array(200).fill(stray) });
    ana.release(([offer]) => (offer && 'sdp' in offer ? [{ ...offer, sdp: withoutCandidates(offer.sdp) }] : []));
    await pass(100);
    expect(bo.connection.knowsCandidate).toBe(false);
  });

  it('[26] restarts although its offer was rolled back', async () => {
    const { ana, bo } = await connected(politeOne);
    const [polite, impolite] = politeOne === 'Ana' ? [ana, bo] : [bo, ana];
    const before = ufrag(polite);
    polite.fate = ({ kind }) => (kind === 'offer' ? 'hold' : 'deliver');
    polite.connection.restartIce();
    await pass(10);
    expect(polite.connection.signalingState).toBe('have-local-offer');
    // An offer that is no restart: the answer to it keeps the old credentials.
    impolite.connection.addTransceiver('audio');
    await pass(10);
    polite.fate = () => 'deliver';
    polite.release();
    await pass(1_000);
    expect(ufrag(polite)).not.toBe(before);
    expect(agree(ana, bo)).toBe(true);
  });

  it('[27] ignores the answer to an offer that another has superseded', async () => {
    const { ana, bo } = await connected(politeOne);
    bo.fate = ({ kind }) => (kind === 'answer' ? 'hold' : 'deliver');
    ana.connection.restartIce();
    await pass(200);
    expect(bo.held).toHaveLength(1);
    void ana.connection.setLocalDescription({ type: 'rollback' });
    await pass(200);
    expect(ana.connection.signalingState).toBe('have-local-offer');
    const [old, current] = bo.held;
    if (!old || !current) throw new TypeError('two answers were expected');
    ana.receive(old);
    await pass(50);
    expect(ana.connection.signalingState).toBe('have-local-offer');
    ana.receive(current);
    await pass(1_000);
    ana.receive(old);
    await pass(50);
    expect(agree(ana, bo)).toBe(true);
    expect([ana.broken, bo.broken]).toEqual([[], []]);
  });

  it('[16] takes the same answer by two paths for one, also while the first is being set', async () => {
    const { ana, bo } = await connected(politeOne);
    bo.fate = ({ kind }) => (kind === 'answer' ? 'hold' : 'deliver');
    ana.connection.restartIce();
    await pass(200);
    bo.release((held) => [...held, ...held]);
    await pass(1_000);
    expect(agree(ana, bo)).toBe(true);
    expect(ana.broken).toEqual([]);
  });

  it('[16] drops an answer to its offer while that is rolled back for another', async () => {
    const { ana, bo } = await connected(politeOne);
    const [polite, impolite] = politeOne === 'Ana' ? [ana, bo] : [bo, ana];
    impolite.fate = () => 'hold';
    polite.connection.restartIce();
    await pass(200);
    impolite.connection.restartIce();
    await pass(200);
    // The offer took the faster of two paths.
    const descriptions = impolite.held.filter(({ kind }) => kind !== 'candidates').reverse();
    expect(descriptions.map(({ kind }) => kind)).toEqual(['offer', 'answer']);
    impolite.fate = () => 'deliver';
    impolite.release(() => descriptions);
    await pass(1_000);
    expect([polite.broken, agree(ana, bo)]).toEqual([[], true]);
  });

  it('[16] repeats an answer that was lost although it has an offer of its own out', async () => {
    const { ana, bo } = await connected(politeOne);
    const [polite, impolite] = politeOne === 'Ana' ? [ana, bo] : [bo, ana];
    polite.fate = () => 'lose';
    impolite.connection.restartIce();
    await pass(200);
    polite.connection.restartIce();
    await pass(200);
    polite.fate = () => 'deliver';
    await impolite.negotiation.resend();
    await pass(1_000);
    await polite.negotiation.resend();
    await pass(1_000);
    expect(agree(ana, bo)).toBe(true);
  });

  it('[16] takes two offers that come in the same instant one after the other', async () => {
    const { ana, bo } = await connected(politeOne);
    ana.fate = ({ kind }) => (kind === 'offer' ? 'hold' : 'deliver');
    ana.connection.restartIce();
    await pass(100);
    void ana.connection.setLocalDescription({ type: 'rollback' });
    await pass(100);
    expect(ana.held).toHaveLength(2);
    ana.release();
    await pass(1_000);
    expect([agree(ana, bo), bo.connection.offers]).toEqual([true, 0]);
  });

  it('[16] answers an offer that came twice, and never with what it answered before', async () => {
    const { ana, bo } = await connected(politeOne);
    ana.fate = ({ kind }) => (kind === 'offer' ? 'hold' : 'deliver');
    ana.connection.restartIce();
    await pass(100);
    ana.release((held) => [...held, ...held]);
    await pass(1_000);
    ana.other?.receive(first('offer', ana));
    await pass(1_000);
    expect(agree(ana, bo)).toBe(true);
    const answers = bo.sent.flatMap((message) => only(message, 'answer'));
    expect(answers.length).toBeGreaterThanOrEqual(1);
    for (const answer of answers) expect(answer.sdp).toContain(`a=ice-ufrag:${ufrag(bo) ?? ''}`);
  });

  it('[28] rejects where the browser refuses a description', async () => {
    const { ana, bo } = await connected(politeOne);
    ana.connection.restartIce();
    await pass(200);
    bo.receive({ kind: 'offer', offerId: 99, sdp: 'nonsense' });
    await pass(50);
    expect(bo.broken).toEqual(['OperationError']);
    bo.receive({
      kind: 'offer',
      offerId: 100,
      sdp: bo.connection.remoteDescription?.sdp.replace('m=audio', 'm=video') ?? '',
    });
    await pass(50);
    expect(bo.broken).toEqual(['OperationError', 'InvalidAccessError']);
  });

  it('[16] agrees in the end whatever the wire reorders, doubles and loses', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.integer({ min: 0, max: 99 })), async (luck) => {
        const { ana, bo } = await connected(politeOne);
        const next = () => luck.next().value;
        for (const side of [ana, bo]) {
          side.fate = (message) => {
            const dice = next();
            const delays = dice < 15 ? [] : dice < 30 ? [dice, dice + next()] : [next()];
            for (const delay of delays) setTimeout(() => side.other?.receive(message), delay);
            return 'lose';
          };
        }
        const events = [() => ana.connection.restartIce(), () => bo.connection.restartIce()];
        for (const event of [...events, ...events]) setTimeout(event, next() * 4);
        await pass(1_000);
        for (const side of [ana, bo]) side.fate = () => 'deliver';
        // What the recovery's timers do.
        for (let attempt = 0; attempt < 3; attempt += 1) {
          for (const side of [ana, bo]) {
            side.connection.restartIce();
            void side.negotiation.resend();
            await pass(900);
          }
        }
        expect(agree(ana, bo)).toBe(true);
        expect([ana.broken, bo.broken]).toEqual([[], []]);
      }),
      { numRuns: 100 },
    );
  });
});

function withoutCandidates(sdp: string): string {
  return sdp.replace(/a=candidate:.*\r\n/g, '');
}
