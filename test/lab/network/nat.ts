/** Kinds of NAT as nftables rules of a home router with the devices `lan` and `wan`. Pure. */

/** `udp-blocked` maps like `port-restricted` and lets no UDP through at all. */
export const NATS = ['none', 'full-cone', 'port-restricted', 'symmetric', 'udp-blocked'] as const;
export type Nat = (typeof NATS)[number];

/** For a router with one host, `inside`, behind it. */
export function natRules(nat: Nat, inside: string): string {
  // A masquerade keeps a free port, and with one host behind it all are free: the mapping is the same towards everyone.
  const source = nat === 'symmetric' ? 'masquerade fully-random' : 'masquerade';
  const inward = nat === 'full-cone' ? `iifname "wan" meta l4proto udp dnat to ${inside}` : '';
  const forward = [
    ...(nat === 'udp-blocked' ? ['meta l4proto udp drop'] : []),
    ...(nat === 'full-cone' ? ['meta l4proto udp accept'] : []),
    'iifname "wan" ct state established,related accept',
    'iifname "wan" drop',
  ];
  return `
table ip nat {
  chain inward { type nat hook prerouting priority -100; ${inward}
  }
  chain outward { type nat hook postrouting priority 100; oifname "wan" ${source}
  }
}
table ip filter {
  # What nobody asked for is dropped without a trace: connection tracking would take its port for used, and give another
  # to the host's own packets, which no home router does.
  chain input { type filter hook input priority 0; iifname "wan" drop
  }
  chain forward { type filter hook forward priority 0; ${forward.join('; ')}
  }
}
`;
}
