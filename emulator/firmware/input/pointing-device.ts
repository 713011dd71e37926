/**
 * The PS/2 mouse for programs: int 15h/C2h, and IRQ 12, which hands whole packets to the program's handler. Source: Ralf
 * Brown's INT 15/AX=C200h-C207h; answers, and what lies where in the extended data area, as SeaBIOS has it.
 * The mouse answers the BIOS at once, not by way of port 60h: no byte of it is ever late.
 */
import { BDA } from '../bios-data-area.ts';
import type { FirmwareHost } from '../firmware-host.ts';
import { setCarry, setStubCarry } from '../flags-image.ts';
import { ROM_OFFSET } from '../rom.ts';

const STATUS_OK = 0x00;
const STATUS_NO_FUNCTION = 0x01;
const STATUS_BAD_INPUT = 0x02;
const STATUS_BAD_INTERFACE = 0x03;
const STATUS_AGAIN = 0x04;
const STATUS_NO_HANDLER = 0x05;

/** Offsets in the extended data area. */
const HANDLER = 0x22; // far pointer
const RECEIVED = 0x26; // bytes of the packet so far
const SETTINGS = 0x27; // bits 0-2: bytes of a packet; bit 7: there is a handler
const PACKET = 0x28;
const HAS_HANDLER = 0x80;
const SIZE = 0x07;
const PACKET_BYTES = 3;

const ACK = 0xfa;
const RATES = [10, 20, 40, 60, 80, 100, 200];

/** IRQ 12's: it is the BIOS's from the first handler on. */
const VECTOR = 0x74 * 4;
const ROM = 0xf000_0000;
const NOBODYS = ROM + ROM_OFFSET.slaveIrq;

const CONTROLLER = 0x64;
const DATA = 0x60;
const FULL_BY_MOUSE = 0x21;
const SET_COMMAND_BYTE = 0x60;
const MOUSE_ON = 0x47; // both interrupts, translation
const MOUSE_OFF = 0x65;

export function pointingDevice(host: FirmwareHost): void {
  const status = perform(host);
  host.setReg('ah', status);
  setCarry(host, status !== STATUS_OK);
}

function perform(host: FirmwareHost): number {
  const bh = host.reg('bh');
  switch (host.reg('al')) {
    case 0x00:
      return bh > 1 ? STATUS_NO_FUNCTION : bh === 1 ? enable(host) : disable(host);
    case 0x01:
      return reset(host);
    case 0x02:
      return bh >= RATES.length ? STATUS_BAD_INPUT : statusOf(tell(host, 0xf3, RATES[bh]));
    case 0x03:
      return bh > 3 ? STATUS_BAD_INPUT : statusOf(tell(host, 0xe8, bh));
    case 0x04:
      return giveIdentity(host);
    case 0x05:
      if (bh !== PACKET_BYTES) return STATUS_BAD_INTERFACE;
      host.writeByte(area(host) + RECEIVED, 0);
      host.writeByte(area(host) + SETTINGS, PACKET_BYTES);
      return reset(host);
    case 0x06:
      if (bh === 0) return giveStatus(host);
      return bh > 2 ? STATUS_NO_FUNCTION : statusOf(tell(host, bh === 1 ? 0xe6 : 0xe7));
    case 0x07:
      return setHandler(host);
    default:
      return STATUS_NO_FUNCTION;
  }
}

/**
 * IRQ 12. Where it leaves CF set, a packet is whole: what the stub's far call needs lies on the stack, from the top a zero,
 * the movements down and to the right, the buttons, and the handler's address.
 */
export function mouseInterrupt(host: FirmwareHost): void {
  setStubCarry(host, false);
  if ((host.readPort(CONTROLLER) & FULL_BY_MOUSE) !== FULL_BY_MOUSE) return;
  const byte = host.readPort(DATA);
  const base = area(host);
  const settings = host.readByte(base + SETTINGS);
  if ((settings & HAS_HANDLER) === 0) return;
  const index = host.readByte(base + RECEIVED) & SIZE;
  host.writeByte(base + PACKET + index, byte);
  const isWhole = index + 1 >= (settings & SIZE);
  host.writeByte(base + RECEIVED, isWhole ? 0 : index + 1);
  if (isWhole) pushCall(host, base);
}

function pushCall(host: FirmwareHost, base: number): void {
  const offset = (host.reg('sp') - 12) & 0xffff;
  const stack = host.reg('ss') * 16 + offset;
  const [buttons, right, up] = [0, 1, 2].map((index) => host.readByte(base + PACKET + index));
  [0, up, right, buttons].forEach((word, index) => {
    host.writeWord(stack + index * 2, word);
  });
  host.writeDword(stack + 8, host.readDword(base + HANDLER));
  host.setReg('sp', offset);
  setStubCarry(host, true);
}

function enable(host: FirmwareHost): number {
  if ((host.readByte(area(host) + SETTINGS) & HAS_HANDLER) === 0) return STATUS_NO_HANDLER;
  setCommandByte(host, MOUSE_ON);
  return statusOf(tell(host, 0xf4));
}

function disable(host: FirmwareHost): number {
  setCommandByte(host, MOUSE_OFF);
  return statusOf(tell(host, 0xf5));
}

/** BL = AAh, BH = what kind of mouse. */
function reset(host: FirmwareHost): number {
  const answer = tell(host, 0xff);
  if (statusOf(answer) === STATUS_OK) host.setReg('bx', (answer[2] << 8) | answer[1]);
  return statusOf(answer);
}

function giveIdentity(host: FirmwareHost): number {
  const answer = tell(host, 0xf2);
  if (statusOf(answer) === STATUS_OK) host.setReg('bh', answer[1]);
  return statusOf(answer);
}

function giveStatus(host: FirmwareHost): number {
  const answer = tell(host, 0xe9);
  if (statusOf(answer) !== STATUS_OK) return STATUS_AGAIN;
  const [, status, resolution, rate] = answer;
  host.setReg('bl', status);
  host.setReg('cl', resolution);
  host.setReg('dl', rate);
  return STATUS_OK;
}

/** ES:BX, or 0:0 for none: then the mouse is off, too. */
function setHandler(host: FirmwareHost): number {
  const base = area(host);
  const handler = host.reg('es') * 0x10000 + host.reg('bx');
  const settings = host.readByte(base + SETTINGS);
  if (handler !== 0) {
    host.writeByte(base + SETTINGS, settings | HAS_HANDLER);
    if (host.readDword(VECTOR) === NOBODYS) host.writeDword(VECTOR, ROM + ROM_OFFSET.mouseIrq);
  } else if ((settings & HAS_HANDLER) !== 0) {
    host.writeByte(base + SETTINGS, settings & ~HAS_HANDLER);
    disable(host);
  }
  host.writeDword(base + HANDLER, handler);
  return STATUS_OK;
}

function tell(host: FirmwareHost, ...bytes: readonly number[]): readonly number[] {
  return bytes.flatMap((byte) => host.askMouse(byte));
}

function statusOf([first]: readonly number[]): number {
  return first === ACK ? STATUS_OK : STATUS_AGAIN;
}

function setCommandByte(host: FirmwareHost, value: number): void {
  host.writePort(CONTROLLER, SET_COMMAND_BYTE);
  host.writePort(DATA, value);
}

function area(host: FirmwareHost): number {
  return host.readWord(BDA.extendedSegment) * 16;
}
