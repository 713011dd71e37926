/**
 * Int 14h, serial ports: 00h-03h. Source: Ralf Brown's INT 14; National 16550 data sheet for the registers.
 * Not here: the PS/2's extended functions (04h, 05h).
 */
import { BDA } from './bios-data-area.ts';
import type { FirmwareHost } from './firmware-host.ts';
import { setCarry, setStubCarry } from './flags-image.ts';
import { unknownFunction } from './unknown-function.ts';

const LINE_CONTROL = 3;
const LINE_STATUS = 5;
const MODEM_STATUS = 6;
const DIVISOR_LATCH = 0x80;
const LINE_RECEIVED = 0x01;
const LINE_CAN_SEND = 0x20;
const TIMED_OUT = 0x80;
const TICK_PIT_CLOCKS = 65536;
/** For 110, 150, 300, 600, 1200, 2400, 4800 and 9600 baud from 115200. */
const DIVISORS = [1047, 768, 384, 192, 96, 48, 24, 12];

/** The first half; when the port isn't ready the stub goes on with continueInt14. Returns the deadline of the wait. */
export function int14(host: FirmwareHost): number {
  setStubCarry(host, false);
  const base = serialBase(host);
  const ah = host.reg('ah');
  if (base === 0 || ah > 3) {
    if (base !== 0) unknownFunction(host, 0x14);
    setCarry(host, true);
    return 0;
  }
  setCarry(host, false);
  if (ah === 1 || ah === 2) return transferOrWait(host, base);
  if (ah === 0) setLine(host, base);
  host.setReg('ah', host.readPort(base + LINE_STATUS));
  host.setReg('al', host.readPort(base + MODEM_STATUS));
  return 0;
}

/** Tries again to send or receive; after the deadline the caller gets a time-out. */
export function continueInt14(host: FirmwareHost, deadlineIcount: number): void {
  const base = serialBase(host);
  const isOver = transfer(host, base);
  setStubCarry(host, !isOver && host.now() < deadlineIcount);
  if (isOver || host.now() < deadlineIcount) return;
  host.setReg('ah', host.readPort(base + LINE_STATUS) | TIMED_OUT);
}

function transferOrWait(host: FirmwareHost, base: number): number {
  const isOver = transfer(host, base);
  setStubCarry(host, !isOver);
  if (isOver) return 0;
  const timeoutTicks = host.readByte(BDA.serialTimeouts + host.reg('dx'));
  return host.now() + timeoutTicks * TICK_PIT_CLOCKS * host.instructionsPerPitClock;
}

/** Sends or takes a byte as AH says, if the port can; AH becomes the line status before it. */
function transfer(host: FirmwareHost, base: number): boolean {
  const isReceive = host.reg('ah') === 2;
  const lineStatus = host.readPort(base + LINE_STATUS);
  if ((lineStatus & (isReceive ? LINE_RECEIVED : LINE_CAN_SEND)) === 0) return false;
  if (isReceive) host.setReg('al', host.readPort(base));
  else host.writePort(base, host.reg('al'));
  host.setReg('ah', lineStatus);
  return true;
}

function setLine(host: FirmwareHost, base: number): void {
  const parameters = host.reg('al');
  const divisor = DIVISORS[parameters >> 5];
  const lineControl = parameters & 0x1f;
  host.writePort(base + LINE_CONTROL, lineControl | DIVISOR_LATCH);
  host.writePort(base, divisor & 0xff);
  host.writePort(base + 1, divisor >> 8);
  host.writePort(base + LINE_CONTROL, lineControl);
}

/** The base port of the port in DX, 0 when there is none. */
function serialBase(host: FirmwareHost): number {
  const index = host.reg('dx');
  return index < 4 ? host.readWord(BDA.serialBases + index * 2) : 0;
}
