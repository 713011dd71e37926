/**
 * Int 16h, keyboard: 00h, 01h, 02h, 0305h, 05h, 09h, 0Ah, 10h, 11h, 12h, 92h. Source: Ralf Brown's INT 16.
 * While there is no key to hand out, 00h and 10h leave CF set for the stub, which halts until an interrupt.
 */
import { BDA } from '../bios-data-area.ts';
import type { FirmwareHost } from '../firmware-host.ts';
import { setStubCarry, setZero } from '../flags-image.ts';
import { unknownFunction, unknownSubfunction } from '../unknown-function.ts';
import { dropKey, peekKey, putKey } from './key-buffer.ts';

const SCANCODE_ENTER = 0x1c;
const SCANCODE_SLASH = 0x35;
const ABILITIES = 0x30; // of 09h: 0Ah and the enhanced functions exist
const KEYBOARD_ID = 0x41ab; // an MF II keyboard behind a controller that translates

export function int16(host: FirmwareHost): void {
  setStubCarry(host, false);
  const ah = host.reg('ah');
  switch (ah) {
    case 0x00:
    case 0x10:
      takeKey(host, ah === 0x10);
      return;
    case 0x01:
    case 0x11:
      showKey(host, ah === 0x11);
      return;
    case 0x02:
      host.setReg('al', host.readByte(BDA.shiftFlags));
      return;
    case 0x12:
      host.setReg('al', host.readByte(BDA.shiftFlags));
      host.setReg('ah', extendedShiftFlags(host));
      return;
    case 0x03: // 0305h sets the typematic rate of a keyboard that has no typematic repeat
      if (host.reg('al') !== 5) unknownSubfunction(host, 0x16);
      return;
    case 0x05:
      host.setReg('al', putKey(host, host.reg('cx')) ? 0 : 1);
      return;
    case 0x09:
      host.setReg('al', ABILITIES);
      return;
    case 0x0a:
      host.setReg('bx', KEYBOARD_ID);
      return;
    case 0x6f: // Hewlett-Packard's; of its functions only the question whether there is a keyboard of theirs
      if (host.reg('al') === 0x08) host.setReg('ah', 0x02);
      else unknownSubfunction(host, 0x16);
      return;
    case 0x92: // does the BIOS know the enhanced functions? It does, as bit 7 tells
      host.setReg('ah', 0x80);
      return;
    default:
      unknownFunction(host, 0x16);
  }
}

function takeKey(host: FirmwareHost, isExtended: boolean): void {
  const key = peekKey(host);
  setStubCarry(host, key === undefined);
  if (key === undefined) return;
  dropKey(host);
  host.setReg('ax', isExtended ? withoutF0(key) : asOldKey(key));
}

function showKey(host: FirmwareHost, isExtended: boolean): void {
  const key = peekKey(host);
  setZero(host, key === undefined);
  if (key !== undefined) host.setReg('ax', isExtended ? withoutF0(key) : asOldKey(key));
}

/** As a keyboard of 84 keys would have it: the grey keys look like those of the keypad. */
function asOldKey(key: number): number {
  const scancode = key >> 8;
  const character = key & 0xff;
  if (scancode === 0xe0) {
    const isEnter = character === 0x0d || character === 0x0a;
    return ((isEnter ? SCANCODE_ENTER : SCANCODE_SLASH) << 8) | character;
  }
  return character === 0xe0 && scancode !== 0 ? scancode << 8 : withoutF0(key);
}

function withoutF0(key: number): number {
  return (key & 0xff) === 0xf0 && key >> 8 !== 0 ? key & 0xff00 : key;
}

/** AH of 12h: the Controls and Alts one by one, the locks held down, SysRq. */
function extendedShiftFlags(host: FirmwareHost): number {
  const keyFlags = host.readByte(BDA.keyFlags);
  const sysRq = (keyFlags & 0x04) << 5;
  return (keyFlags & 0x73) | sysRq | (host.readByte(BDA.keyboardStatus) & 0x0c);
}
