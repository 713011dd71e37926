/**
 * Advanced power management, int 15h/53h: version 1.2 in real mode and by the entry for protected mode. Source: APM BIOS
 * Interface Specification 1.2 (Intel and Microsoft, 1996); what isn't in it, and what is left out, as SeaBIOS has it.
 * Not here: power events (0Bh: none ever is there), timers, states of single devices, standby and suspend (nothing happens).
 */
import type { FirmwareHost } from './firmware-host.ts';
import { setCarry, setStubCarry } from './flags-image.ts';
import { ROM_OFFSET } from './rom.ts';
import { unknownSubfunction } from './unknown-function.ts';

const VERSION = 0x0102; // BCD
const SIGNATURE = 0x504d; // "PM"
const PROTECTED_MODES = 0x0003; // entries of 16 and of 32 bits
const SEGMENT = 0xf000;
const SEGMENT_BYTES = 0xfff0;
const ALL_DEVICES = 0x0001;
const STATE_OFF = 0x0003;
const NO_EVENT = 0x80;
/** The PIIX4's control register where POST puts it, and what switches off (power-management.ts). */
const POWER_CONTROL = 0x604;
const SLEEP_OFF = 0x2000;
const INTERRUPTS = 0x0200;

type Outcome = 'done' | 'failed' | 'idle' | 'off';
const DONE = new Set([0x01, 0x04, 0x06, 0x08, 0x0f]);

/** Called by INT: CF is the caller's, and what has to wait goes on in a stub of its own. */
export function apmInterrupt(host: FirmwareHost): void {
  const outcome = answer(host);
  setCarry(host, outcome === 'failed');
  goOn(host, outcome, ROM_OFFSET.idle);
}

/** Called by the entry for protected mode, a far procedure: CF is the processor's own. */
export function apmEntry(host: FirmwareHost): void {
  const outcome = answer(host);
  setStubCarry(host, outcome === 'failed');
  goOn(host, outcome, ROM_OFFSET.idleFar);
}

function goOn(host: FirmwareHost, outcome: Outcome, idle: number): void {
  if (outcome === 'idle') host.setReg('ip', idle);
  if (outcome !== 'off') return;
  host.setReg('flags', host.reg('flags') & ~INTERRUPTS);
  host.setReg('ip', ROM_OFFSET.stop);
  host.writePort(POWER_CONTROL, SLEEP_OFF, 2);
}

function answer(host: FirmwareHost): Outcome {
  const al = host.reg('al');
  if (DONE.has(al)) return 'done';
  switch (al) {
    case 0x00:
      host.setReg('ax', VERSION);
      host.setReg('bx', SIGNATURE);
      host.setReg('cx', PROTECTED_MODES);
      return 'done';
    case 0x02:
    case 0x03:
      giveEntry(host, al === 0x03);
      return 'done';
    case 0x05:
      return 'idle';
    case 0x07:
      return host.reg('bx') === ALL_DEVICES && host.reg('cx') === STATE_OFF ? 'off' : 'done';
    case 0x0a: // on line power, no battery
      host.setReg('bx', 0x01ff);
      host.setReg('cx', 0x80ff);
      host.setReg('dx', 0xffff);
      host.setReg('si', 0);
      return 'done';
    case 0x0b:
      host.setReg('ah', NO_EVENT);
      return 'failed';
    case 0x0e:
      host.setReg('ax', VERSION);
      return 'done';
    case 0x10:
      host.setReg('bl', 0); // batteries
      host.setReg('cx', 0);
      return 'done';
    default:
      unknownSubfunction(host, 0x15);
      return 'failed';
  }
}

/** Segments and lengths of code and data, and where the entry lies in them: the ROM, in each case. */
function giveEntry(host: FirmwareHost, is32: boolean): void {
  host.setReg('ax', SEGMENT);
  host.setReg('cx', SEGMENT);
  host.setReg('di', SEGMENT_BYTES);
  host.setReg(is32 ? 'ebx' : 'bx', ROM_OFFSET.powerEntry);
  host.setReg('si', SEGMENT_BYTES);
  if (!is32) return;
  host.setReg('dx', SEGMENT);
  host.setReg('esi', SEGMENT_BYTES * 0x10001);
}
