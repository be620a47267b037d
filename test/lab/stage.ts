/**
 * What one scenario plays on: an internet, the product's server, a TURN server, people in browsers at places; and the figures it
 * measures. Everything begun here is ended by `close`. Refuses to know what goes wrong in the scenario.
 */
import type { BrowserName, Tab } from './browsers/browser.ts';
import { Chromium } from './browsers/chromium.ts';
import { Firefox } from './browsers/firefox.ts';
import { Figures } from './figures.ts';
import { Agent } from './network/agent.ts';
import { Internet, type Family, type Place } from './network/internet.ts';
import { Person, summary } from './person.ts';
import type { Browsers } from './scenario.ts';
import { PORT, Server, type Program } from './server.ts';
import type { Variables } from './workerd.ts';
import type { Capture } from '../support/small-captures.ts';

/** What two cores encode for three people at once, and still a moving picture. */
const CAPTURE: Capture = { width: 320, height: 180, frameRate: 15 };

export interface Seat {
  browser?: BrowserName;
  camera?: boolean;
  capture?: Capture;
  flags?: string[];
  /** The address from which the room is reached, where a place has several. */
  roomFrom?: string;
}

export class Stage {
  readonly browsers: Browsers;
  readonly figures = new Figures();
  readonly internet = new Internet();
  readonly people: Person[] = [];
  #server: Server | undefined;
  #link: string | undefined;
  readonly #ending: (() => unknown)[] = [() => this.internet.close()];

  constructor(browsers: Browsers) {
    this.browsers = browsers;
  }

  get server(): Server {
    if (!this.#server) throw new Error('serve first');
    return this.#server;
  }

  async serve(
    variables: Variables = {},
    { family = 'IPv4', program }: { family?: Family; program?: Program } = {},
  ): Promise<Server> {
    const server = await Server.start(this.internet.place('server', { family }), variables, program);
    this.#server = server;
    this.onClose(() => server.close());
    return server;
  }

  onClose(work: () => unknown): void {
    this.#ending.push(work);
  }

  /** Someone at `place` in front of the page, who has done nothing yet. */
  async open(place: Place, seat: Seat = {}): Promise<Person> {
    const second = this.browsers === 'Chromium × Firefox' && this.people.length % 2 === 1;
    const tab = await this.#open(place, { browser: second ? 'firefox' : 'chromium', ...seat });
    const person = new Person(place, tab, seat);
    this.people.push(person);
    return person;
  }

  /** Into pre-join: the room's socket opens and the devices are on. The first to come makes the link. */
  async enter(person: Person): Promise<void> {
    await this.prepare(person);
    await person.tab.evaluate(() => window.lab.enter(), undefined);
  }

  /** The devices are on, and the room has not been asked yet. */
  async prepare({ tab, name, seat: { capture = CAPTURE, camera = true } }: Person): Promise<void> {
    const link = await this.link(tab);
    await tab.evaluate((options) => window.lab.prepare(options), { link, name, capture, camera });
  }

  /** Of the one meeting on this stage; `tab` makes it where there is none yet. */
  async link(tab: Tab): Promise<string> {
    this.#link ??= await tab.evaluate(() => window.lab.createLink(), undefined);
    return this.#link;
  }

  async arrive(place: Place, seat: Seat = {}): Promise<Person> {
    const person = await this.open(place, seat);
    await this.enter(person);
    return person;
  }

  /** A call of one person for each of `places`, in which everyone sees frames of everyone. */
  async call(places: Place[], seats: Seat[] = []): Promise<Person[]> {
    const people: Person[] = [];
    for (const [at, place] of places.entries()) {
      const person = await this.arrive(place, seats[at]);
      await person.join();
      people.push(person);
    }
    for (const person of people) {
      for (const other of people) if (other !== person) await person.sees(other);
    }
    return people;
  }

  /** Prints what everyone sees now, for whoever wonders why something failed. */
  async explain(): Promise<void> {
    for (const person of this.people) {
      const seen = await person.look().then(summary, () => 'no answer');
      console.log([`${person.name}: ${seen}`, ...person.tab.log.slice(-5)].join('\n         '));
    }
  }

  async close(): Promise<void> {
    for (const work of this.#ending.reverse()) {
      try {
        await work();
      } catch (error) {
        console.error('cleaning up:', error);
      }
    }
  }

  /** `http://localhost` is a secure context: each place has its own way from there to the server. */
  async #open(place: Place, { browser = 'chromium', flags = [], roomFrom }: Seat): Promise<Tab> {
    const { namespace } = place;
    const agent = new Agent(namespace);
    this.onClose(() => agent.close());
    const to = this.server.addressFor(place);
    await agent.forward({ port: PORT }, { ...to, ...(roomFrom !== undefined && { localAddress: roomFrom }) });
    if (browser === 'firefox') {
      const firefox = await Firefox.launch({ namespace, agent });
      this.onClose(() => firefox.close());
      return await firefox.open(`http://localhost:${PORT}/`);
    }
    const chromium = await Chromium.launch({ namespace, flags });
    this.onClose(() => chromium.close());
    return await chromium.open(`http://localhost:${PORT}/`);
  }
}
