/**
 * The internet of one scenario: a router that forwards between places, and every fault that can happen on the way. All of it
 * happens while forwarding, where a real network loses packets: a drop on a host's own output makes `sendto` fail, and Firefox
 * reacts to that at once. Refuses to know what runs at a place.
 */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { Namespace } from './namespaces.ts';
import { natRules, type Nat } from './nat.ts';

const DELAY_DEVICE = 'delay';
/** Routing table of packets that have yet to be delayed. */
const DELAY_TABLE = '99';

/** A host with an uplink, behind a NAT or not. */
export interface Place {
  readonly name: string;
  readonly namespace: Namespace;
  /** As the rest of the internet sees it: the NAT's, where there is one. One for each uplink; none with IPv6 alone. */
  readonly addresses: readonly string[];
  /** The IPv6 address of the first uplink, where it was asked for. Faults, delays and limits leave it alone. */
  readonly address6: string | undefined;
  /** Names of its own interfaces, one for each uplink. */
  readonly devices: readonly string[];
}

/** What a place has addresses of. */
export type Family = 'IPv4' | 'IPv6' | 'both';

export interface Fault {
  end(): void;
}

export class Internet {
  readonly #core = new Namespace('core');
  readonly #namespaces: Namespace[] = [];
  readonly #rules = new Map<symbol, string[]>();
  #places = 0;
  #links = 0;
  #delay: ChildProcess | undefined;

  constructor() {
    // Packets that were delayed come in by another device than they would leave by.
    this.#core.set('net.ipv4.ip_forward=1', 'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.default.rp_filter=0');
    this.#core.set('net.ipv6.conf.all.forwarding=1');
    this.#apply();
  }

  /** A host in a place of its own, with `uplinks` addresses; packets leave by the one whose address they bear. */
  place(
    name: string,
    { nat = 'none', uplinks = 1, family = 'IPv4' }: { nat?: Nat; uplinks?: number; family?: Family } = {},
  ): Place {
    const namespace = this.#namespace(name);
    this.#places += 1;
    if (nat !== 'none') return this.#behindNat(name, namespace, nat);
    const addresses: string[] = [];
    const devices: string[] = [];
    let address6: string | undefined;
    for (let uplink = 0; uplink < uplinks; uplink += 1) {
      const device = `up${uplink}`;
      this.#link(namespace, device);
      if (family !== 'IPv6') addresses.push(this.#address(namespace, { device, metric: 100 + uplink }));
      if (family !== 'IPv4') address6 ??= this.#address6(namespace, device);
      devices.push(device);
    }
    return { name, namespace, addresses, address6, devices };
  }

  /** Loses what `rules` match: nftables expressions, `ip saddr 198.18.3.2 udp dport 3478` for example. */
  lose(...rules: string[]): Fault {
    const key = Symbol('fault');
    this.#rules.set(key, rules);
    this.#apply();
    return {
      end: () => {
        this.#rules.delete(key);
        this.#apply();
      },
    };
  }

  /** Nothing passes between `place` and anybody; only by the uplink of that number, where one is given. */
  cutOff(place: Place, uplink?: number): Fault {
    const { addresses } = place;
    const cut = uplink === undefined ? addresses : [addresses[uplink] ?? ''];
    return this.lose(...cut.flatMap((address) => [`ip saddr ${address}`, `ip daddr ${address}`]));
  }

  /** Nothing passes between two places; `oneWay`: nothing from the first to the second. */
  cut(from: Place, to: Place, direction: 'both' | 'one way' = 'both'): Fault {
    const pairs = from.addresses.flatMap((a) => to.addresses.map((b) => [a, b] as const));
    return this.lose(
      ...pairs.flatMap(([a, b]) => [
        `ip saddr ${a} ip daddr ${b}`,
        ...(direction === 'both' ? [`ip saddr ${b} ip daddr ${a}`] : []),
      ]),
    );
  }

  /** Of a hundred UDP packets, loses `percent` in each direction, everywhere. */
  lossy(percent: number): Fault {
    return this.lose(`meta l4proto udp numgen random mod 1000 < ${percent * 10}`);
  }

  /** Every packet takes `milliseconds` longer from place to place, so a round trip takes twice that. */
  async delay(milliseconds: number): Promise<void> {
    const script = join(import.meta.dirname, 'delay.pl');
    const relay = this.#core.spawn(['perl', script, DELAY_DEVICE, String(milliseconds)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#delay = relay;
    await new Promise<void>((resolve, reject) => {
      relay.stdout?.once('data', () => resolve());
      relay.once('exit', () => reject(new Error('the delay relay ended')));
    });
    this.#core.ip('link', 'set', DELAY_DEVICE, 'up', 'txqueuelen', '10000');
    this.#core.ip('route', 'add', 'default', 'dev', DELAY_DEVICE, 'table', DELAY_TABLE);
    // The device comes with an rp_filter of its own.
    this.#core.set(`net.ipv4.conf.${DELAY_DEVICE}.rp_filter=0`);
    this.#core.ip('rule', 'add', 'iif', DELAY_DEVICE, 'lookup', 'main', 'priority', '50');
    for (let link = 1; link <= this.#links; link += 1) this.#delayLink(`link${link}`);
    this.#apply();
  }

  /** What `place` sends and receives passes at `rate` (tc's notation, `150kbit`), with a queue of 300 ms, like a home router's. */
  limit(place: Place, rate: string): void {
    const shape = ['root', 'tbf', 'rate', rate, 'burst', '4kb', 'latency', '300ms'];
    for (const [uplink, device] of place.devices.entries()) {
      place.namespace.run(['tc', 'qdisc', 'replace', 'dev', device, ...shape]);
      const subnet = place.addresses[uplink]?.split('.')[2];
      this.#core.run(['tc', 'qdisc', 'replace', 'dev', `link${subnet}`, ...shape]);
    }
  }

  /** The host of `place` leaves by another uplink from now on: the first and its address are gone, as from Wi-Fi to cellular. */
  switchUplink({ namespace, addresses }: Place, from: number, to: number): void {
    namespace.ip('link', 'set', `up${to}`, 'up');
    this.#route(namespace, { device: `up${to}`, metric: 100 + to, address: addresses[to] ?? '' });
    namespace.ip('addr', 'flush', 'dev', `up${from}`);
    namespace.ip('link', 'set', `up${from}`, 'down');
  }

  close(): void {
    this.#delay?.kill('SIGKILL');
    for (const namespace of [...this.#namespaces, this.#core]) namespace.remove();
  }

  #namespace(name: string): Namespace {
    const namespace = new Namespace(name);
    this.#namespaces.push(namespace);
    return namespace;
  }

  /** A link from the core to `namespace`, still without addresses. */
  #link(namespace: Namespace, device: string): void {
    this.#links += 1;
    const peer = `link${this.#links}`;
    this.#core.ip('link', 'add', peer, 'type', 'veth', 'peer', 'name', device, 'netns', namespace.id);
    this.#core.ip('link', 'set', peer, 'up');
    namespace.set(`net.ipv6.conf.${device}.disable_ipv6=1`);
    namespace.ip('link', 'set', device, 'up');
    if (this.#delay) this.#delayLink(peer);
  }

  /** Gives the newest link addresses and `namespace` a default route over it; the address it has there. */
  #address(namespace: Namespace, { device, metric }: { device: string; metric: number }): string {
    const subnet = `198.18.${this.#links}`;
    this.#core.ip('addr', 'add', `${subnet}.1/24`, 'dev', `link${this.#links}`);
    const address = `${subnet}.2`;
    namespace.ip('addr', 'add', `${address}/24`, 'dev', device);
    namespace.ip('rule', 'add', 'from', address, 'lookup', String(metric));
    this.#route(namespace, { device, metric, address });
    return address;
  }

  /** The same with addresses of RFC 3849, used at once: without waiting for somebody who has the same. */
  #address6(namespace: Namespace, device: string): string {
    const subnet = `2001:db8:${this.#links}:`;
    namespace.set(`net.ipv6.conf.${device}.disable_ipv6=0`);
    this.#core.ip('addr', 'add', `${subnet}:1/64`, 'dev', `link${this.#links}`, 'nodad');
    namespace.ip('addr', 'add', `${subnet}:2/64`, 'dev', device, 'nodad');
    namespace.ip('-6', 'route', 'add', 'default', 'via', `${subnet}:1`, 'dev', device);
    return `${subnet}:2`;
  }

  /** Routes of a device go with it when it is set down. */
  #route(namespace: Namespace, { device, metric, address }: { device: string; metric: number; address: string }): void {
    const gateway = ['default', 'via', address.replace(/\.2$/, '.1'), 'dev', device];
    namespace.ip('route', 'replace', ...gateway, 'metric', String(metric));
    namespace.ip('route', 'replace', ...gateway, 'table', String(metric));
  }

  #delayLink(link: string): void {
    this.#core.ip('rule', 'add', 'iif', link, 'lookup', DELAY_TABLE, 'priority', '60');
  }

  #behindNat(name: string, namespace: Namespace, nat: Nat): Place {
    const router = this.#namespace(`${name}-nat`);
    router.set('net.ipv4.ip_forward=1');
    this.#link(router, 'wan');
    const outside = this.#address(router, { device: 'wan', metric: 100 });
    const inside = `192.168.${this.#places}`;
    const device = 'up0';
    router.ip('link', 'add', 'lan', 'type', 'veth', 'peer', 'name', device, 'netns', namespace.id);
    router.ip('addr', 'add', `${inside}.1/24`, 'dev', 'lan');
    router.ip('link', 'set', 'lan', 'up');
    namespace.set(`net.ipv6.conf.${device}.disable_ipv6=1`);
    namespace.ip('addr', 'add', `${inside}.2/24`, 'dev', device);
    namespace.ip('link', 'set', device, 'up');
    namespace.ip('route', 'add', 'default', 'via', `${inside}.1`);
    router.run(['nft', '-f', '-'], natRules(nat, `${inside}.2`));
    return { name, namespace, addresses: [outside], address6: undefined, devices: [device] };
  }

  #apply(): void {
    const rules = [...this.#rules.values()].flat().map((rule) => `    ${rule} drop`);
    // A packet that has been delayed was judged before.
    const judged = `    iifname "${DELAY_DEVICE}" accept`;
    const chain = ['  chain forward {', '    type filter hook forward priority 0;', judged, ...rules, '  }'];
    this.#core.run(['nft', '-f', '-'], ['flush ruleset', 'table inet lab {', ...chain, '}', ''].join('\n'));
  }
}
