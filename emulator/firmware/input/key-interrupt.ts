/**
 * Int 09h, IRQ 1: turns set 1 scancodes into keys and shift states. Source: Ralf Brown's INT 09 and MEMORY.LST 40:17,
 * 40:18, 40:96; behaviour checked against SeaBIOS.
 * Print Screen is int 05h, SysReq (Alt + Print Screen) int 15h/85h.
 * Not here: the keyboard's own lights, the Alt + keypad codes, the halt that Pause asks for.
 */
import { BDA } from '../bios-data-area.ts';
import { callInterrupt } from '../call-interrupt.ts';
import type { FirmwareHost } from '../firmware-host.ts';
import { setStubCarry } from '../flags-image.ts';
import { clearKeys, putKey } from './key-buffer.ts';
import { EXTENDED_KEY_CODES, KEY_CODES } from './key-codes.ts';

const RELEASE = 0x80;
const PREFIX_E0 = 0xe0;
const PREFIX_E1 = 0xe1;

const SHIFT_RIGHT = 0x01;
const SHIFT_LEFT = 0x02;
const CONTROL = 0x04;
const ALT = 0x08;
const SCROLL_LOCK = 0x10;
const NUM_LOCK = 0x20;
const CAPS_LOCK = 0x40;
const INSERT = 0x80;

const STATUS_AFTER_E1 = 0x01; // 40:96
const STATUS_AFTER_E0 = 0x02;
const STATUS_RIGHT_CONTROL = 0x04;
const STATUS_RIGHT_ALT = 0x08;

const KEY_FLAG_LEFT_CONTROL = 0x01; // 40:18
const KEY_FLAG_LEFT_ALT = 0x02;

const LIGHTS = 0x07; // 40:97

const CODE_CONTROL = 0x1d;
const CODE_ALT = 0x38;
const CODE_NUM_LOCK = 0x45;
const CODE_SCROLL_LOCK = 0x46;
const CODE_PRINT_SCREEN = 0x37; // after E0h
const CODE_SYSTEM_REQUEST = 0x54;
const CODE_KEYPAD_7 = 0x47;
const CODE_INSERT = 0x52;
const CODE_DELETE = 0x53;
const SHIFTS: ReadonlyMap<number, number> = new Map([
  [0x2a, SHIFT_LEFT],
  [0x36, SHIFT_RIGHT],
]);
/** Make code, its bit in 40:17 (a toggle) and in 40:18 (held down). */
const LOCKS: ReadonlyMap<number, number> = new Map([
  [0x3a, CAPS_LOCK],
  [CODE_NUM_LOCK, NUM_LOCK],
  [CODE_SCROLL_LOCK, SCROLL_LOCK],
]);

const INT_PRINT_SCREEN = 0x05;
const INT_SYSTEM = 0x15;
const SYSTEM_REQUEST = 0x8500;

/** One scancode byte, in AL. The stub's CF tells of Ctrl-Break. */
export function keyInterrupt(host: FirmwareHost): void {
  const scancode = host.reg('al');
  setStubCarry(host, false);
  const status = host.readByte(BDA.keyboardStatus);
  if (scancode === PREFIX_E0 || scancode === PREFIX_E1) {
    host.writeByte(BDA.keyboardStatus, status | (scancode === PREFIX_E0 ? STATUS_AFTER_E0 : STATUS_AFTER_E1));
    return;
  }
  const code = scancode & ~RELEASE;
  if ((status & STATUS_AFTER_E1) !== 0) {
    if (code === CODE_NUM_LOCK) host.writeByte(BDA.keyboardStatus, status & ~STATUS_AFTER_E1); // Pause is over
    return;
  }
  const isExtended = (status & STATUS_AFTER_E0) !== 0;
  if (isExtended) host.writeByte(BDA.keyboardStatus, status & ~STATUS_AFTER_E0);
  takeKey(host, code, (scancode & RELEASE) === 0, isExtended);
}

function takeKey(host: FirmwareHost, code: number, isPress: boolean, isExtended: boolean): void {
  const shift = SHIFTS.get(code);
  const lock = isExtended ? undefined : LOCKS.get(code);
  if (shift !== undefined) {
    if (!isExtended) setBits(host, BDA.shiftFlags, shift, isPress); // an extended one only brackets a grey key
  } else if (code === CODE_CONTROL || code === CODE_ALT) {
    takeModifier(host, code === CODE_CONTROL, isPress, isExtended);
  } else if (lock !== undefined && !isPausedLock(host, code)) {
    takeLock(host, lock, isPress);
  } else if (isExtended && code === CODE_SCROLL_LOCK) {
    if (isPress) takeBreak(host);
  } else if (isExtended && code === CODE_PRINT_SCREEN) {
    if (isPress) callInterrupt(host, INT_PRINT_SCREEN);
  } else if (code === CODE_SYSTEM_REQUEST) {
    host.setReg('ax', SYSTEM_REQUEST | (isPress ? 0 : 1));
    callInterrupt(host, INT_SYSTEM);
  } else {
    if (code === CODE_INSERT) takeLock(host, INSERT, isPress);
    if (isPress) enterKey(host, code, isExtended);
  }
}

/** Ctrl + Num Lock was Pause on the first keyboards; it toggles nothing. */
function isPausedLock(host: FirmwareHost, code: number): boolean {
  return code === CODE_NUM_LOCK && (host.readByte(BDA.shiftFlags) & CONTROL) !== 0;
}

/** Control and Alt exist twice; 40:17 tells whether either is down. */
function takeModifier(host: FirmwareHost, isControl: boolean, isPress: boolean, isRight: boolean): void {
  const rightBit = isControl ? STATUS_RIGHT_CONTROL : STATUS_RIGHT_ALT;
  const leftBit = isControl ? KEY_FLAG_LEFT_CONTROL : KEY_FLAG_LEFT_ALT;
  setBits(host, isRight ? BDA.keyboardStatus : BDA.keyFlags, isRight ? rightBit : leftBit, isPress);
  const isEither =
    (host.readByte(BDA.keyboardStatus) & rightBit) !== 0 || (host.readByte(BDA.keyFlags) & leftBit) !== 0;
  setBits(host, BDA.shiftFlags, isControl ? CONTROL : ALT, isEither);
}

function takeLock(host: FirmwareHost, bit: number, isPress: boolean): void {
  const wasHeld = (host.readByte(BDA.keyFlags) & bit) !== 0;
  setBits(host, BDA.keyFlags, bit, isPress);
  if (!isPress || wasHeld) return;
  const flags = host.readByte(BDA.shiftFlags) ^ bit;
  host.writeByte(BDA.shiftFlags, flags);
  if (bit !== INSERT)
    host.writeByte(BDA.keyboardLights, (host.readByte(BDA.keyboardLights) & ~LIGHTS) | lightsOf(flags));
}

/** Scroll Lock, Num Lock and Caps Lock, as 40:97 and the keyboard have them. */
function lightsOf(flags: number): number {
  return (flags >> 4) & LIGHTS;
}

function takeBreak(host: FirmwareHost): void {
  clearKeys(host);
  host.writeByte(BDA.breakFlag, 0x80);
  putKey(host, 0);
  setStubCarry(host, true);
}

function enterKey(host: FirmwareHost, code: number, isExtended: boolean): void {
  const flags = host.readByte(BDA.shiftFlags);
  if (code === CODE_DELETE && (flags & (CONTROL | ALT)) === (CONTROL | ALT)) {
    host.reset('Ctrl-Alt-Del');
    return;
  }
  const codes = (isExtended ? EXTENDED_KEY_CODES : KEY_CODES).get(code);
  if (codes === undefined) return;
  const [plain, shifted, control, alt] = codes;
  let key = isShifted(flags, code, plain, isExtended) ? shifted : plain;
  if ((flags & CONTROL) !== 0) key = control;
  if ((flags & ALT) !== 0) key = alt;
  if (key !== 0) putKey(host, key); // a full buffer loses the key, as on the real machine
}

/** Caps Lock reverses Shift for letters, Num Lock for the keypad. */
function isShifted(flags: number, code: number, plain: number, isExtended: boolean): boolean {
  const isShiftDown = (flags & (SHIFT_LEFT | SHIFT_RIGHT)) !== 0;
  const character = plain & 0xff;
  const isLetter = character >= 0x61 && character <= 0x7a;
  const isKeypad = !isExtended && code >= CODE_KEYPAD_7 && code <= CODE_DELETE && character === 0;
  const isReversed = (isLetter && (flags & CAPS_LOCK) !== 0) || (isKeypad && (flags & NUM_LOCK) !== 0);
  return isShiftDown !== isReversed;
}

function setBits(host: FirmwareHost, physical: number, bits: number, isSet: boolean): void {
  const value = host.readByte(physical);
  host.writeByte(physical, isSet ? value | bits : value & ~bits);
}
