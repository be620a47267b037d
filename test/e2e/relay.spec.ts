/** Through a real coturn with REST credentials, beside a broken one, and with a STUN server that never answers. */
import { createSocket } from 'node:dgram';
import { Coturn } from '../support/coturn.ts';
import { expect, test } from '../support/fixtures.ts';
import { allSee, type Person } from '../support/people.ts';
import { Server, type Variables } from '../support/serve.ts';

/** Runs `body` with a server of its own that has `variables`. */
async function serving(variables: Variables, body: (server: Server) => Promise<void>): Promise<void> {
  const server = await Server.start(variables);
  try {
    await body(server);
  } finally {
    await server.stop();
  }
}

/** Runs `body` with a TURN server. */
async function relaying(body: (coturn: Coturn) => Promise<void>): Promise<void> {
  const coturn = await Coturn.start();
  try {
    await body(coturn);
  } finally {
    await coturn.stop();
  }
}

/** The candidate types that each of two uses for itself. */
async function ways(ana: Person, bo: Person): Promise<[string, string]> {
  const [one, other] = await Promise.all([ana.receives(bo), bo.receives(ana)]);
  return [one.local, other.local];
}

test('a relay-only call goes through coturn on both sides', async ({ meet }) => {
  await relaying((coturn) =>
    serving({ ...coturn.variables(), ICE_TRANSPORT_POLICY: 'relay' }, async (server) => {
      const people = await meet(['Ana', 'Bo'], { server });
      const [ana, bo] = people;
      if (!ana || !bo) throw new Error('two people');
      await allSee(people);
      await bo.hears(ana);
      expect(await ways(ana, bo)).toEqual(['relay', 'relay']);
      await ana.say('Through the relay');
      await bo.openChat();
      await expect(bo.messages).toContainText('Through the relay');
    }),
  );
});

test('"Hide my address" relays one person where the others go directly', async ({ newPerson }) => {
  await relaying((coturn) =>
    serving(coturn.variables(), async (server) => {
      const ana = await newPerson({ server });
      const link = await ana.newMeeting();
      await ana.join('Ana');
      const bo = await newPerson({ server });
      await bo.open(link);
      await bo.page.getByRole('switch', { name: 'Hide my address' }).click();
      await bo.join('Bo');
      await allSee([ana, bo]);
      expect((await bo.receives(ana)).local).toBe('relay');
    }),
  );
});

test('a wrong TURN secret does not keep two people from meeting directly', async ({ meet }) => {
  await relaying((coturn) =>
    serving(coturn.variables({ secret: 'not-the-secret' }), async (server) => {
      const people = await meet(['Ana', 'Bo'], { server });
      const [ana, bo] = people;
      if (!ana || !bo) throw new Error('two people');
      await allSee(people);
      for (const way of await ways(ana, bo)) expect(['host', 'srflx', 'prflx']).toContain(way);
    }),
  );
});

test('a STUN server that never answers delays nobody', async ({ meet }) => {
  const silent = createSocket('udp4');
  await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve));
  try {
    await serving({ STUN_URLS: `stun:127.0.0.1:${silent.address().port}` }, async (server) => {
      const people = await meet(['Ana', 'Bo'], { server });
      const began = Date.now();
      await allSee(people);
      // Chromium gives up on a silent STUN server after 9.5 s; who waited for it would take longer than this.
      expect(Date.now() - began).toBeLessThan(8_000);
    });
  } finally {
    silent.close();
  }
});
