import { PortSpace } from '../../../emulator/bus/port-space.ts';
import type { PortClaim } from '../../../emulator/bus/ports.ts';
import { CmosMc146818 } from '../../../emulator/devices/clock/cmos-mc146818.ts';
import { Pit8254 } from '../../../emulator/devices/clock/pit-8254.ts';
import { Keyboard8042 } from '../../../emulator/devices/keyboard/keyboard-8042.ts';
import { Ps2Mouse } from '../../../emulator/devices/keyboard/ps2-mouse.ts';
import { ParallelPort } from '../../../emulator/devices/parallel-port.ts';
import {
  DISPLAY,
  HOST_BRIDGE,
  IDE_CONTROLLER,
  ISA_BRIDGE,
  NETWORK,
  POWER_MANAGEMENT,
} from '../../../emulator/devices/pci/chipset.ts';
import { PciBus } from '../../../emulator/devices/pci/pci-bus.ts';
import { PciFunction } from '../../../emulator/devices/pci/pci-function.ts';
import { PicPair } from '../../../emulator/devices/pic-8259a.ts';
import { A20Latch } from '../../../emulator/devices/ports/a20-latch.ts';
import { Port92 } from '../../../emulator/devices/ports/port-92.ts';
import { Uart16550a } from '../../../emulator/devices/uart-16550a.ts';
import { Vga } from '../../../emulator/devices/vga/vga.ts';
import type { FirmwareHost, RegisterName } from '../../../emulator/firmware/firmware-host.ts';
import { Scheduler } from '../../../emulator/time/scheduler.ts';
import { FakeVideo } from '../devices/vga/fake-video.ts';

const MIB = 1024 * 1024;
const SPARE_BYTES = 0x20000; // for addresses that run on beyond the end of what the host calls its memory
const INSTRUCTIONS_PER_PIT_CLOCK = 4;
const HALVES: Readonly<Record<string, RegisterName>> = { a: 'eax', b: 'ebx', c: 'ecx', d: 'edx' };

const BOARD = [HOST_BRIDGE, ISA_BRIDGE, IDE_CONTROLLER, POWER_MANAGEMENT, DISPLAY, NETWORK];

/** A machine without a processor: plain memory, named registers, real devices behind the ports. */
export class FakeHost implements FirmwareHost {
  readonly memory: Uint8Array;
  readonly view: DataView;
  readonly memoryBytes: number;
  readonly instructionsPerPitClock = INSTRUCTIONS_PER_PIT_CLOCK;
  readonly registers = new Map<string, number>();
  readonly unhandledCalls: string[] = [];
  readonly resets: string[] = [];
  readonly sent: number[] = [];
  readonly vga: Vga;
  readonly video: FakeVideo;
  readonly com1: Uart16550a;
  readonly a20: A20Latch;
  readonly mouse = new Ps2Mouse();
  readonly ports: PortSpace;
  readonly scheduler: Scheduler;
  icount = 0;
  writeCount = 0;

  constructor(memoryBytes = 16 * MIB) {
    this.memoryBytes = memoryBytes;
    this.memory = new Uint8Array(memoryBytes + SPARE_BYTES);
    this.view = new DataView(this.memory.buffer);
    const onUnhandled = (what: string) => this.unhandledCalls.push(what);
    const clock = new Scheduler(
      () => this.icount,
      () => undefined,
    );
    this.scheduler = clock;
    const timing = { clock, instructionsPerPitClock: INSTRUCTIONS_PER_PIT_CLOCK };
    const date = { year: 2024, month: 2, day: 29, hour: 13, minute: 5, second: 9 };
    const pic = new PicPair({ onIntr: () => undefined });
    this.video = new FakeVideo(this.memory.subarray(0xa0000, 0xc0000));
    this.vga = new Vga({ ...timing, host: this.video, onUnhandled });
    this.vga.setTextMode3();
    this.a20 = new A20Latch({ onChange: () => undefined });
    this.com1 = new Uart16550a({
      name: 'COM1',
      base: 0x3f8,
      irq: pic.line(4),
      onTransmit: (byte: number) => this.sent.push(byte),
    });
    this.ports = new PortSpace(onUnhandled);
    const devices = [
      this.vga,
      this.com1,
      pic,
      new Keyboard8042({
        clock,
        irq1: pic.line(1),
        irq12: pic.line(12),
        auxiliary: this.mouse,
        a20: this.a20,
        onReset: () => this.resets.push('8042'),
        onUnhandled,
      }),
      new Pit8254({ ...timing, irq0: pic.line(0) }),
      new CmosMc146818({ ...timing, date, memoryBytes, floppyTypes: [], disks: [], bootOrder: [], irq8: pic.line(8) }),
      new PciBus({
        functions: BOARD.map((each) => new PciFunction(each)),
        onReset: () => this.resets.push('port CF9h'),
      }),
      new ParallelPort({ name: 'LPT1', base: 0x378, irq: pic.line(7) }),
      new Port92({ a20: this.a20, onReset: () => this.resets.push('port 92h') }),
    ];
    for (const claim of devices.flatMap((device) => device.claims())) this.ports.claim(claim);
    for (const port of [0x1f6, 0x176]) this.ports.claim(selection(port));
  }

  reg(name: RegisterName): number {
    const { whole, shift, mask } = partOf(name);
    return (((this.registers.get(whole) ?? 0) >>> shift) & mask) >>> 0;
  }

  setReg(name: RegisterName, value: number): void {
    const { whole, shift, mask } = partOf(name);
    const kept = (this.registers.get(whole) ?? 0) & ~(mask << shift);
    this.registers.set(whole, (kept | ((value & mask) << shift)) >>> 0);
  }

  readByte(physical: number): number {
    return this.#isVideo(physical) ? this.vga.windowClaim().read(physical, 1) : this.memory[physical];
  }

  readWord(physical: number): number {
    return this.#isVideo(physical) ? this.vga.windowClaim().read(physical, 2) : this.view.getUint16(physical, true);
  }

  readDword(physical: number): number {
    return this.#isVideo(physical) ? this.vga.windowClaim().read(physical, 4) : this.view.getUint32(physical, true);
  }

  writeByte(physical: number, value: number): void {
    this.#write(physical, 1, value & 0xff);
  }

  writeWord(physical: number, value: number): void {
    this.#write(physical, 2, value & 0xffff);
  }

  writeDword(physical: number, value: number): void {
    this.#write(physical, 4, value >>> 0);
  }

  #write(physical: number, size: 1 | 2 | 4, value: number): void {
    this.writeCount++;
    if (this.#isVideo(physical)) this.vga.windowClaim().write(physical, size, value);
    else if (size === 4) this.view.setUint32(physical, value, true);
    else if (size === 2) this.view.setUint16(physical, value, true);
    else this.memory[physical] = value;
  }

  /** Does the VGA itself answer there? */
  #isVideo(physical: number): boolean {
    return physical >= 0xa0000 && physical < 0xc0000 && !this.video.isPlain(physical - 0xa0000);
  }

  loadFont(block: number, firstCharacter: number, glyphs: Uint8Array, height: number): void {
    this.vga.loadFont(block, firstCharacter, glyphs, height);
  }

  askMouse(byte: number): readonly number[] {
    return this.mouse.answerTo(byte);
  }

  readPort(port: number, size: 1 | 2 | 4 = 1): number {
    return this.ports.read(port, size);
  }

  writePort(port: number, value: number, size: 1 | 2 | 4 = 1): void {
    this.ports.write(port, size, value);
  }

  unhandled(what: string): void {
    this.unhandledCalls.push(what);
  }

  reset(by: string): void {
    this.resets.push(by);
  }

  now(): number {
    return this.icount;
  }
}

function partOf(name: RegisterName): { readonly whole: string; readonly shift: number; readonly mask: number } {
  const last = name.length === 2 ? name[1] : '';
  if ((last === 'l' || last === 'h') && name[0] in HALVES) {
    return { whole: HALVES[name[0]], shift: last === 'h' ? 8 : 0, mask: 0xff };
  }
  if (last === 's' || name === 'ip' || name === 'flags') return { whole: name, shift: 0, mask: 0xffff };
  return name.length === 3 ? { whole: name, shift: 0, mask: -1 } : { whole: `e${name}`, shift: 0, mask: 0xffff };
}

/** The register that selects a drive of an IDE channel; nobody asks for what is in it. */
function selection(port: number): PortClaim {
  const ignore = () => undefined;
  return { owner: 'IDE', first: port, last: port, read: () => 0, readNature: () => 'steady', write: ignore };
}
