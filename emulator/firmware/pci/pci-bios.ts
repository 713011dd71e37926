/**
 * Int 1Ah/B1xxh, PCI BIOS: 01h-03h, 08h-0Eh. Source: PCI BIOS Specification 2.1; corner cases as SeaBIOS answers.
 * Not here: special cycles (06h), setting an IRQ's route (0Fh).
 */
import type { FirmwareHost } from '../firmware-host.ts';
import { setCarry, setStubCarry } from '../flags-image.ts';
import { ROM_OFFSET, ROM_PHYSICAL } from '../rom.ts';
import { storeBytes } from '../store-bytes.ts';
import { pciRouting, ROUTING_HEADER_BYTES } from '../tables/rom-entries.ts';
import { unknownSubfunction } from '../unknown-function.ts';

const ADDRESS_PORT = 0xcf8;
const DATA_PORT = 0xcfc;
const ENABLED = 0x8000_0000;
const FUNCTIONS = 256; // of one bus: slot in bits 3-7
const CLASS = 0x08;
const NOBODY = 0xffff;

const FUNCTION = 0xb1;
const SIGNATURE = 0x20494350; // "PCI "
const VERSION = 0x0210;
const MECHANISM_1 = 0x01;

const STATUS = { ok: 0x00, notSupported: 0x81, notFound: 0x86, tooSmall: 0x89 } as const;

/** By AL: how many bytes, and whether they are written. */
const TRANSFERS: ReadonlyMap<number, readonly [sizeBytes: 1 | 2 | 4, isWrite: boolean]> = new Map([
  [0x08, [1, false]],
  [0x09, [2, false]],
  [0x0a, [4, false]],
  [0x0b, [1, true]],
  [0x0c, [2, true]],
  [0x0d, [4, true]],
]);
const COUNT_REGISTERS = { 1: 'cl', 2: 'cx', 4: 'ecx' } as const;

export function pciBios(host: FirmwareHost): void {
  setCarry(host, !isAnswered(host));
}

/** By the entry for protected mode, a far procedure: CF is the processor's own. */
export function pciEntry(host: FirmwareHost): void {
  if (host.reg('ah') === FUNCTION) setStubCarry(host, !isAnswered(host));
  else setStubCarry(host, true);
}

function isAnswered(host: FirmwareHost): boolean {
  const status = answer(host, host.reg('al'));
  host.setReg('ah', status);
  return status === STATUS.ok;
}

function answer(host: FirmwareHost, al: number): number {
  const transfer = TRANSFERS.get(al);
  if (transfer !== undefined) return access(host, ...transfer);
  switch (al) {
    case 0x01:
      host.setReg('al', MECHANISM_1);
      host.setReg('bx', VERSION);
      host.setReg('cl', 0); // the last bus
      host.setReg('edx', SIGNATURE);
      host.setReg('edi', ROM_PHYSICAL + ROM_OFFSET.pciEntry);
      return STATUS.ok;
    case 0x02:
      return find(host, ((host.reg('cx') << 16) | host.reg('dx')) >>> 0, 0, 0);
    case 0x03:
      return find(host, host.reg('ecx') & 0xffffff, CLASS, 8);
    case 0x0e:
      return giveRouting(host);
    default:
      unknownSubfunction(host, 0x1a);
      return STATUS.notSupported;
  }
}

/** At ES:DI the size of a buffer and a far pointer to it; the size becomes that of the table. */
function giveRouting(host: FirmwareHost): number {
  const parameters = host.reg('es') * 16 + host.reg('di');
  const room = host.readWord(parameters);
  const slots = pciRouting().subarray(ROUTING_HEADER_BYTES);
  host.writeWord(parameters, slots.length);
  if (room < slots.length) return STATUS.tooSmall;
  storeBytes(host, host.readWord(parameters + 4) * 16 + host.readWord(parameters + 2), slots);
  host.setReg('bx', 0); // no IRQ is for PCI alone
  return STATUS.ok;
}

/** The function number SI, counted from 0, whose dword at `register`, shifted right, is `wanted`: BH is its bus, BL the rest. */
function find(host: FirmwareHost, wanted: number, register: number, shift: number): number {
  let left = host.reg('si');
  for (let number = 0; number < FUNCTIONS; number++) {
    if (!isThere(host, number) || readDword(host, number, register) >>> shift !== wanted) continue;
    if (left-- > 0) continue;
    host.setReg('bx', number);
    return STATUS.ok;
  }
  return STATUS.notFound;
}

/** Function 0 answers for its slot, and says whether there are others. */
function isThere(host: FirmwareHost, number: number): boolean {
  const first = number & ~7;
  const exists = (each: number): boolean => (readDword(host, each, 0) & 0xffff) !== NOBODY;
  if (!exists(first)) return false;
  const hasSeveral = (readDword(host, first, 0x0c) & 0x0080_0000) !== 0;
  return number === first || (hasSeveral && exists(number));
}

function access(host: FirmwareHost, sizeBytes: 1 | 2 | 4, isWrite: boolean): number {
  const register = host.reg('di') & 0xff & -sizeBytes; // one that is not aligned is taken for the one below
  select(host, host.reg('bx'), register);
  const port = DATA_PORT + (register & 3);
  const name = COUNT_REGISTERS[sizeBytes];
  if (isWrite) host.writePort(port, host.reg(name), sizeBytes);
  else host.setReg(name, host.readPort(port, sizeBytes));
  return STATUS.ok;
}

function readDword(host: FirmwareHost, number: number, register: number): number {
  select(host, number, register);
  return host.readPort(DATA_PORT, 4);
}

/** `number` is bus, slot and function, as in BX. */
function select(host: FirmwareHost, number: number, register: number): void {
  host.writePort(ADDRESS_PORT, (ENABLED | (number << 8) | (register & 0xfc)) >>> 0, 4);
}
