/**
 * Int 15h, system services: 2400h-2403h, 4Fh, 53h (apm.ts), 83h, 86h, 87h, 88h, 90h, 91h, C0h, C1h, C2h (pointing-device.ts),
 * E801h, E820h. Source: Ralf Brown's INT 15. A wait (86h) lasts as many instructions as its microseconds have at the PIT's rate.
 * Not here: the switch to protected mode (89h).
 */
import { apmInterrupt } from './apm.ts';
import { EBDA_SEGMENT } from './bios-data-area.ts';
import { moveBlock } from './block-move.ts';
import { cancelEventWait, startEventWait } from './clock/event-wait.ts';
import type { FirmwareHost } from './firmware-host.ts';
import { setCarry, setStubCarry } from './flags-image.ts';
import { pointingDevice } from './input/pointing-device.ts';
import { ROM_OFFSET } from './rom.ts';
import { memoryMap, sizeAbove1MibKib, sizeAbove16Mib64Kib } from './tables/memory-map.ts';
import { unknownSubfunction } from './unknown-function.ts';

const NOT_SUPPORTED = 0x86;
const PORT_92 = 0x92;
const PORT_92_A20 = 0x02;
const SMAP = 0x534d4150;
const MAP_ENTRY_BYTES = 20;
const PIT_CLOCKS_PER_SECOND = 1_193_182;
const KIB_64_MIB = 63 * 1024;

/** Returns the deadline of a wait that the stub goes through with continueInt15, else 0. */
export function int15(host: FirmwareHost): number {
  setStubCarry(host, false);
  switch (host.reg('ah')) {
    case 0x24:
      switchA20(host);
      return 0;
    case 0x53:
      apmInterrupt(host);
      return 0;
    case 0x4f: // nobody took the scancode: CF = 1, AL as it was
      setCarry(host, true);
      return 0;
    case 0x83:
      setEventWait(host);
      return 0;
    case 0x86:
      return startWait(host);
    case 0x87:
      succeed(host, moveBlock(host));
      return 0;
    case 0x88:
      host.setReg('ax', Math.min(sizeAbove1MibKib(host.memoryBytes), KIB_64_MIB));
      setCarry(host, false);
      return 0;
    case 0x90: // device busy, device ready: for multitasking systems that hook them
    case 0x91:
      setCarry(host, false);
      return 0;
    case 0xc0:
      host.setReg('es', 0xf000);
      host.setReg('bx', ROM_OFFSET.configuration);
      succeed(host, 0);
      return 0;
    case 0xc1:
      host.setReg('es', EBDA_SEGMENT);
      setCarry(host, false);
      return 0;
    case 0xc2:
      pointingDevice(host);
      return 0;
    case 0xe8:
      memorySize(host);
      return 0;
    default:
      fail(host);
      return 0;
  }
}

/** AL = 0 starts a wait, 1 ends it. */
function setEventWait(host: FirmwareHost): void {
  const al = host.reg('al');
  if (al === 1) cancelEventWait(host);
  const isDone = al === 1 || (al === 0 && startEventWait(host));
  if (!isDone) host.setReg('ah', NOT_SUPPORTED);
  setCarry(host, !isDone);
}

/** The rest of a wait: the stub asks until its CF is clear. */
export function continueInt15(host: FirmwareHost, deadlineIcount: number): void {
  setStubCarry(host, host.now() < deadlineIcount);
}

function startWait(host: FirmwareHost): number {
  setCarry(host, false);
  const microseconds = host.reg('cx') * 0x10000 + host.reg('dx');
  const pitClocks = Math.ceil((microseconds * PIT_CLOCKS_PER_SECOND) / 1_000_000);
  setStubCarry(host, pitClocks > 0);
  return host.now() + pitClocks * host.instructionsPerPitClock;
}

function switchA20(host: FirmwareHost): void {
  const control = host.readPort(PORT_92);
  switch (host.reg('al')) {
    case 0x00:
      host.writePort(PORT_92, control & ~(PORT_92_A20 | 1)); // bit 0 would reset the processor
      break;
    case 0x01:
      host.writePort(PORT_92, (control | PORT_92_A20) & ~1);
      break;
    case 0x02:
      host.setReg('al', (control & PORT_92_A20) >> 1);
      break;
    case 0x03:
      host.setReg('bx', 3); // by the keyboard controller and by port 92h
      break;
    default:
      fail(host);
      return;
  }
  succeed(host, 0);
}

function memorySize(host: FirmwareHost): void {
  switch (host.reg('al')) {
    case 0x01: {
      const below16MibKib = Math.min(sizeAbove1MibKib(host.memoryBytes), 15 * 1024);
      const above16Mib = sizeAbove16Mib64Kib(host.memoryBytes);
      host.setReg('ax', below16MibKib);
      host.setReg('bx', above16Mib);
      host.setReg('cx', below16MibKib);
      host.setReg('dx', above16Mib);
      setCarry(host, false);
      return;
    }
    case 0x20:
      giveMapEntry(host);
      return;
    default:
      fail(host);
  }
}

/** E820h: one entry of 20 bytes at ES:DI; EBX goes on to the next and is 0 after the last. */
function giveMapEntry(host: FirmwareHost): void {
  const map = memoryMap(host.memoryBytes);
  const index = host.reg('ebx');
  if (host.reg('edx') !== SMAP || host.reg('ecx') < MAP_ENTRY_BYTES || index >= map.length) {
    host.setReg('ah', NOT_SUPPORTED);
    setCarry(host, true);
    return;
  }
  const { first, sizeBytes, type } = map[index];
  const physical = host.reg('es') * 16 + host.reg('di');
  [first, 0, sizeBytes, 0, type].forEach((dword, position) => {
    host.writeDword(physical + position * 4, dword);
  });
  host.setReg('eax', SMAP);
  host.setReg('ebx', (index + 1) % map.length);
  host.setReg('ecx', MAP_ENTRY_BYTES);
  setCarry(host, false);
}

function succeed(host: FirmwareHost, status: number): void {
  host.setReg('ah', status);
  setCarry(host, status !== 0);
}

function fail(host: FirmwareHost): void {
  unknownSubfunction(host, 0x15);
  host.setReg('ah', NOT_SUPPORTED);
  setCarry(host, true);
}
