/**
 * What a CD drive answers to the packets of its commands. Documents: SFF-8020i (ATAPI CD-ROM), MMC-3, SPC-3; values as QEMU's drive has
 * them. Not here: audio, writing, reading of raw sectors, closing and opening the tray.
 */
import type { Medium } from '../medium.ts';

export const SENSE = {
  none: [0, 0],
  noMedium: [2, 0x3a],
  illegalCommand: [5, 0x20],
  outOfRange: [5, 0x21],
  illegalField: [5, 0x24],
} as const satisfies Readonly<Record<string, readonly [key: number, code: number]>>;

export type PacketAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'data'; readonly bytes: Uint8Array } // cut to what the packet asks for
  | { readonly kind: 'read'; readonly lba: number; readonly sectors: number }
  | { readonly kind: 'error'; readonly sense: readonly [number, number] };

const LEAD_OUT = 0xaa;
const DATA_TRACK = 0x14;
const DONE: PacketAnswer = { kind: 'done' };
const FIRST_SECTOR_FRAMES = 150;

/** `sense` is what REQUEST SENSE tells; a drive without a disc in it has no medium. */
export function answerPacket(
  packet: Uint8Array,
  medium: Medium | undefined,
  sense: readonly [number, number],
): PacketAnswer {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  switch (packet[0]) {
    case 0x1b: // START STOP UNIT
    case 0x1e: // PREVENT ALLOW MEDIUM REMOVAL
      return DONE;
    case 0x03:
      return data(requestSense(sense), packet[4]);
    case 0x12:
      return data(inquiry(), packet[4]);
    case 0x46:
      return data(configuration(medium), view.getUint16(7));
    case 0x4a: // GET EVENT STATUS NOTIFICATION, polled: nothing happened, a medium is there or not
      if ((packet[1] & 1) === 0) return error(SENSE.illegalField);
      return data([0, 6, 4, 0x10, 0, medium === undefined ? 0 : 2, 0, 0], view.getUint16(7));
    case 0x5a:
      return modeSense(packet[2], view.getUint16(7));
    case 0xbd: // MECHANISM STATUS
      return data([0, 0, 0, 0, 0, 1, 0, 0], view.getUint16(8));
    default:
      if (!OF_THE_DISC.has(packet[0])) return error(SENSE.illegalCommand);
      return medium === undefined ? error(SENSE.noMedium) : answerOfDisc(packet, view, medium);
  }
}

/** TEST UNIT READY, READ CAPACITY, READ (10), SEEK, READ TOC, READ DISC INFORMATION, READ (12), READ CD. */
const OF_THE_DISC: ReadonlySet<number> = new Set([0x00, 0x25, 0x28, 0x2b, 0x43, 0x51, 0xa8, 0xbe]);

function answerOfDisc(packet: Uint8Array, view: DataView, medium: Medium): PacketAnswer {
  switch (packet[0]) {
    case 0x25:
      return data(pair(medium.sectorCount - 1, medium.sectorBytes), 8);
    case 0x28:
      return read(view.getUint32(2), view.getUint16(7), medium);
    case 0xa8:
      return read(view.getUint32(2), view.getUint32(6), medium);
    case 0xbe: // READ CD, user data alone
      if ((packet[9] & 0xf8) === 0) return DONE;
      if ((packet[9] & 0xf8) !== 0x10) return error(SENSE.illegalField);
      return read(view.getUint32(2), (packet[6] << 16) | view.getUint16(7), medium);
    case 0x2b: // SEEK
      return view.getUint32(2) < medium.sectorCount ? DONE : error(SENSE.outOfRange);
    case 0x43:
      return readToc(packet, view.getUint16(7), medium);
    case 0x51: // READ DISC INFORMATION: one finalised session with one track
      return data([0, 32, 0x0e, 1, 1, 1, 1, 0x20, ...zeros(26)], view.getUint16(7));
    default: // TEST UNIT READY
      return DONE;
  }
}

function error(sense: readonly [number, number]): PacketAnswer {
  return { kind: 'error', sense };
}

function data(bytes: ArrayLike<number>, limit: number): PacketAnswer {
  if (limit === 0) return DONE;
  return { kind: 'data', bytes: Uint8Array.from(bytes).subarray(0, limit) };
}

function read(lba: number, sectors: number, medium: Medium): PacketAnswer {
  if (sectors === 0) return DONE;
  return lba + sectors > medium.sectorCount ? error(SENSE.outOfRange) : { kind: 'read', lba, sectors };
}

function requestSense([key, code]: readonly [number, number]): number[] {
  return [0xf0, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, code, ...zeros(5)];
}

function inquiry(): number[] {
  return [0x05, 0x80, 0x00, 0x21, 31, 0, 0, 0, ...text('QEMU', 8), ...text('QEMU DVD-ROM', 16), ...text('2.5+', 4)];
}

/** Current profile: CD-ROM, or none without a disc. Features: profile list, core, removable medium. */
function configuration(medium: Medium | undefined): number[] {
  const isCd = medium === undefined ? 0 : 1;
  const profiles = [0, 0, 0x03, 8, 0, 0x10, 0, 0, 0, 0x08, isCd, 0];
  const core = [0, 1, 0x0b, 8, 0, 0, 0, 2, 1, 0, 0, 0];
  const removable = [0, 3, 0x03, 4, 0x39, 0, 0, 0];
  const features = [...profiles, ...core, ...removable];
  return [...dword(features.length + 4), 0, 0, 0, isCd * 0x08, ...features];
}

function modeSense(page: number, limit: number): PacketAnswer {
  const bodies: Readonly<Record<number, number[]>> = {
    1: [0x01, 6, 0, 5, 0, 0, 0, 0],
    42: [0x2a, 18, 0x3b, 0, 0x70, 0x7f, 0x29, 0, 2, 0xc2, 0, 2, 2, 0, 2, 0xc2, 0, 0, 0, 0],
  };
  const body = bodies[page & 0x3f];
  if (body === undefined || page >> 6 === 3) return error(SENSE.illegalField); // saved pages: none
  return data([0, body.length + 6, 0x70, 0, 0, 0, 0, 0, ...body], limit);
}

/** Format 0: the only track and the lead-out; 1: the session; 2: all of it, as it is in the lead-in. */
function readToc(packet: Uint8Array, limit: number, medium: Medium): PacketAnswer {
  const inFrames = (packet[1] & 2) !== 0;
  const format = (packet[2] & 0x0f) !== 0 ? packet[2] & 0x0f : packet[9] >> 6;
  const at = (lba: number): number[] => (inFrames ? [0, ...minutes(lba)] : dword(lba));
  const end = medium.sectorCount;
  if (format === 1) return data([0, 10, 1, 1, 0, DATA_TRACK, 1, 0, ...at(0)], limit);
  if (format === 2) return data(rawToc(inFrames, end), limit);
  const start = packet[6];
  if (format !== 0 || (start > 1 && start !== LEAD_OUT)) return error(SENSE.illegalField);
  const track = start <= 1 ? [0, DATA_TRACK, 1, 0, ...at(0)] : [];
  const entries = [...track, 0, 0x16, LEAD_OUT, 0, ...at(end)];
  return data([0, entries.length + 2, 1, 1, ...entries], limit);
}

function rawToc(inFrames: boolean, end: number): number[] {
  const entry = (point: number, place: number[]): number[] => [1, DATA_TRACK, 0, point, 0, 0, 0, 0, ...place];
  const at = (lba: number): number[] => (inFrames ? minutes(lba) : dword(lba).slice(1));
  const entries = [entry(0xa0, [1, 0, 0]), entry(0xa1, [1, 0, 0]), entry(0xa2, at(end)), entry(1, at(0))].flat();
  return [0, entries.length + 2, 1, 1, ...entries];
}

function minutes(lba: number): number[] {
  const frames = lba + FIRST_SECTOR_FRAMES;
  return [Math.floor(frames / 75 / 60), Math.floor(frames / 75) % 60, frames % 75];
}

function pair(first: number, second: number): number[] {
  return [...dword(first), ...dword(second)];
}

/** Big-endian. */
function dword(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}

function text(letters: string, length: number): number[] {
  return [...letters.padEnd(length, ' ')].map((letter) => letter.charCodeAt(0));
}
