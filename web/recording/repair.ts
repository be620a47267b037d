/**
 * A Matroska file whose writer was killed, as a file that can be read: the sizes and the length that are written only on closing
 * are put right, and what was cut off in the middle is left out. Nothing is copied; the result is slices of the raw file.
 * Pure; refuses to know what is in the packets.
 */

const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const DURATION = 0x4489;
const CLUSTER = 0x1f43b675;
const CLUSTER_TIME = 0xe7;
const SIMPLE_BLOCK = 0xa3;
/** What may stand in a Segment besides clusters (RFC 9559): SeekHead, Info, Tracks, Cues, Tags, Attachments, Void. */
const OTHERS = new Set([0x114d9b74, INFO, 0x1654ae6b, 0x1c53bb6b, 0x1254c367, 0x1941a469, 0xec]);
/** An id of at most four bytes and a size of at most eight. */
const LONGEST_HEADER = 12;

interface Element {
  readonly id: number;
  /** Where the size field is, and how many bytes it has. */
  readonly sizeAt: number;
  readonly sizeBytes: number;
  readonly dataAt: number;
  readonly end: number;
}

/** Undefined where not even one cluster has begun. */
export async function repaired(raw: Blob): Promise<Blob | undefined> {
  const ebml = await elementAt(raw, 0);
  const segment = ebml && (await elementAt(raw, ebml.end));
  if (segment?.id !== SEGMENT) return undefined;

  let [last, info]: (Element | undefined)[] = [];
  for (let at = segment.dataAt; ;) {
    const element = await elementAt(raw, at);
    // Something else than a child of the Segment: the packets of a cluster that was never closed.
    if (!element || (element.id !== CLUSTER && !OTHERS.has(element.id))) break;
    if (element.id !== CLUSTER && element.end > raw.size) break;
    if (element.id === CLUSTER) last = element;
    if (element.id === INFO) info = element;
    at = element.end;
  }
  if (!last) return undefined;
  const { end, time } = await packetsOf(raw, last);
  const length = info && (await durationIn(raw, info));
  return new Blob([
    raw.slice(0, segment.sizeAt),
    sizeField(end - segment.dataAt, segment.sizeBytes),
    ...(length ? [raw.slice(segment.dataAt, length.dataAt), float64(time)] : []),
    raw.slice(length?.end ?? segment.dataAt, last.sizeAt),
    sizeField(end - last.dataAt, last.sizeBytes),
    raw.slice(last.dataAt, end),
  ]);
}

/**
 * Where the last whole element of the last cluster ends, and the time of its last packet in the file's own units; one read,
 * since a cluster is seconds long.
 */
async function packetsOf(raw: Blob, cluster: Element): Promise<{ end: number; time: number }> {
  const bytes = new Uint8Array(await raw.slice(cluster.dataAt).arrayBuffer());
  let [at, begins, time] = [0, 0, 0];
  for (;;) {
    const element = parse(bytes, at, cluster.dataAt);
    const isChild = element && element.id !== CLUSTER && !OTHERS.has(element.id);
    if (!isChild || element.end > raw.size) return { end: cluster.dataAt + at, time: begins + time };
    const data = element.dataAt - cluster.dataAt;
    at = element.end - cluster.dataAt;
    if (element.id === CLUSTER_TIME) begins = number(bytes, data, at - data);
    // One byte of track number, as long as there are fewer than 127, then the time since the cluster began.
    if (element.id === SIMPLE_BLOCK) time = Math.max(time, number(bytes, data + 1, 2));
  }
}

/** The Duration that is still to be written; undefined where it has been, or there is none. */
async function durationIn(raw: Blob, info: Element): Promise<Element | undefined> {
  const bytes = new Uint8Array(await raw.slice(info.dataAt, info.end).arrayBuffer());
  for (let at = 0; at < bytes.length;) {
    const element = parse(bytes, at, info.dataAt);
    if (!element) return undefined;
    const data = bytes.subarray(element.dataAt - info.dataAt, element.end - info.dataAt);
    if (element.id === DURATION) return data.length === 8 && data.every((byte) => byte === 0) ? element : undefined;
    at = element.end - info.dataAt;
  }
  return undefined;
}

function float64(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

async function elementAt(raw: Blob, at: number): Promise<Element | undefined> {
  return parse(new Uint8Array(await raw.slice(at, at + LONGEST_HEADER).arrayBuffer()), 0, at);
}

/** The element at `at` of `bytes`, which begin at `base` of the file. */
function parse(bytes: Uint8Array, at: number, base: number): Element | undefined {
  const idBytes = widthOf(bytes[at]);
  const sizeBytes = widthOf(bytes[at + idBytes]);
  if (idBytes === 0 || idBytes > 4 || sizeBytes === 0 || at + idBytes + sizeBytes > bytes.length) return undefined;
  const id = number(bytes, at, idBytes);
  // The size without its length marker. Doubles are exact up to 2^53, which no file reaches.
  const size = number(bytes, at + idBytes, sizeBytes) - 2 ** (7 * sizeBytes);
  const sizeAt = base + at + idBytes;
  return { id, sizeAt, sizeBytes, dataAt: sizeAt + sizeBytes, end: sizeAt + sizeBytes + size };
}

/** Leading zero bits say how many bytes follow; 0 where there is no such number. */
function widthOf(first: number | undefined): number {
  return first === undefined || first === 0 ? 0 : Math.clz32(first) - 23;
}

function number(bytes: Uint8Array, at: number, length: number): number {
  return bytes.subarray(at, at + length).reduce((value, byte) => value * 256 + byte, 0);
}

function sizeField(size: number, length: number): Uint8Array<ArrayBuffer> {
  const field = new Uint8Array(length);
  let rest = size + 2 ** (7 * length);
  for (let index = length - 1; index >= 0; index -= 1) {
    field[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return field;
}
