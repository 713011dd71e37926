import { Packr } from 'msgpackr/pack';
import { MalformedTrace } from '../error.ts';

/**
 * MessagePack values as gilt writes them: no extension types, so any MessagePack library reads them. `null` is
 * MessagePack's nil, the wire form of an absent field; it doesn't leave this folder.
 */
export type Packable = null | boolean | number | string | Uint8Array | readonly Packable[] | Map<string, Packable>;

const MAX_DEPTH = 64;
const packr = new Packr({ useRecords: false, mapsAsObjects: false, int64AsType: 'number' });

/** One value as MessagePack bytes, which are the caller's to keep. */
export function encodeValue(value: Packable): Uint8Array {
  return new Uint8Array(packr.pack(integersKept(value)));
}

/** The one value that fills `bytes`. Byte strings in it are views into `bytes`. */
export function decodeValue(bytes: Uint8Array): unknown {
  checkStructure(bytes);
  try {
    return packr.unpack(bytes);
  } catch (error) {
    throw new MalformedTrace(`this isn't MessagePack (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** msgpackr writes a number from 2^32 up as a float; a BigInt becomes the integer that other languages expect. */
function integersKept(value: Packable): unknown {
  if (typeof value === 'number') {
    return Number.isInteger(value) && Math.abs(value) >= 0x8000_0000 && value !== value >>> 0 ? BigInt(value) : value;
  }
  if (Array.isArray(value)) return value.map(integersKept);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, integersKept(item)]));
  return value;
}

/**
 * Walks the tokens before msgpackr sees them: every length within the bytes, nesting bounded, and none of the
 * extension types, which in msgpackr can define records and generate code.
 */
function checkStructure(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const open: number[] = [];
  let at = 0;
  let left = 1;
  while (left > 0) {
    left--;
    if (at >= bytes.length) throw new MalformedTrace('a MessagePack value ends early');
    const { next, items } = token(view, at);
    if (next > bytes.length) throw new MalformedTrace('a MessagePack length runs past the end of its chunk');
    at = next;
    if (items > 0) {
      if (items > bytes.length - at) throw new MalformedTrace('a MessagePack array announces more items than bytes');
      if (open.length >= MAX_DEPTH) throw new MalformedTrace('MessagePack arrays are nested too deeply');
      open.push(left);
      left = items;
    }
    while (left === 0 && open.length > 0) left = open.pop() ?? 0;
  }
  if (at !== bytes.length) throw new MalformedTrace('bytes follow a MessagePack value');
}

/** Where the token at `at` ends, and how many values it announces after itself. */
function token(view: DataView, at: number): { readonly next: number; readonly items: number } {
  const byte = view.getUint8(at);
  if (byte < 0x80 || byte >= 0xe0) return { next: at + 1, items: 0 };
  if (byte < 0x90) return { next: at + 1, items: (byte & 0x0f) * 2 };
  if (byte < 0xa0) return { next: at + 1, items: byte & 0x0f };
  if (byte < 0xc0) return { next: at + 1 + (byte & 0x1f), items: 0 };
  const rule = TOKENS.get(byte);
  if (rule === undefined) throw new MalformedTrace(`MessagePack byte ${byte.toString(16)}h isn't used in a trace`);
  const after = at + 1 + rule.width;
  if (after > view.byteLength) throw new MalformedTrace('a MessagePack value ends early');
  if (rule.role === 'number') return { next: after, items: 0 };
  const length =
    rule.width === 1 ? view.getUint8(at + 1) : rule.width === 2 ? view.getUint16(at + 1) : view.getUint32(at + 1);
  if (rule.role === 'bytes') return { next: after + length, items: 0 };
  return { next: after, items: rule.role === 'map' ? length * 2 : length };
}

interface TokenRule {
  readonly role: 'number' | 'bytes' | 'array' | 'map';
  readonly width: number; // bytes after the first: of the number, or of the length
}

const TOKENS = new Map<number, TokenRule>([
  ...[0xc0, 0xc2, 0xc3].map((byte) => rule(byte, 'number', 0)),
  ...[0xcc, 0xd0].map((byte) => rule(byte, 'number', 1)),
  ...[0xcd, 0xd1].map((byte) => rule(byte, 'number', 2)),
  ...[0xca, 0xce, 0xd2].map((byte) => rule(byte, 'number', 4)),
  ...[0xcb, 0xcf, 0xd3].map((byte) => rule(byte, 'number', 8)),
  ...[0xc4, 0xd9].map((byte) => rule(byte, 'bytes', 1)),
  ...[0xc5, 0xda].map((byte) => rule(byte, 'bytes', 2)),
  ...[0xc6, 0xdb].map((byte) => rule(byte, 'bytes', 4)),
  rule(0xdc, 'array', 2),
  rule(0xdd, 'array', 4),
  rule(0xde, 'map', 2),
  rule(0xdf, 'map', 4),
]);

function rule(byte: number, role: TokenRule['role'], width: number): [number, TokenRule] {
  return [byte, { role, width }];
}
