import type { BusMaster } from '../../../emulator/bus/bus-master.ts';
import type { IrqLine } from '../../../emulator/bus/irq-line.ts';
import type { MmioClaim } from '../../../emulator/bus/mmio-space.ts';
import type { PortClaim } from '../../../emulator/bus/ports.ts';
import { InterruptModeRegister } from '../../../emulator/devices/apic/imcr.ts';
import { type ApicMessage, IoApic } from '../../../emulator/devices/apic/io-apic.ts';
import { LocalApic } from '../../../emulator/devices/apic/local-apic.ts';
import { CmosMc146818 } from '../../../emulator/devices/clock/cmos-mc146818.ts';
import { Hpet } from '../../../emulator/devices/clock/hpet.ts';
import { Pit8254 } from '../../../emulator/devices/clock/pit-8254.ts';
import type { Device, DeviceState } from '../../../emulator/devices/device.ts';
import { Keyboard8042 } from '../../../emulator/devices/keyboard/keyboard-8042.ts';
import { Ps2Mouse } from '../../../emulator/devices/keyboard/ps2-mouse.ts';
import { E1000 } from '../../../emulator/devices/network/e1000.ts';
import { ParallelPort } from '../../../emulator/devices/parallel-port.ts';
import { DISPLAY, IDE_CONTROLLER, POWER_MANAGEMENT } from '../../../emulator/devices/pci/chipset.ts';
import { PciBus } from '../../../emulator/devices/pci/pci-bus.ts';
import { PciFunction } from '../../../emulator/devices/pci/pci-function.ts';
import { PowerManagement } from '../../../emulator/devices/pci/power-management.ts';
import { PicPair } from '../../../emulator/devices/pic-8259a.ts';
import { A20Latch } from '../../../emulator/devices/ports/a20-latch.ts';
import { CoprocessorErrorF0 } from '../../../emulator/devices/ports/coprocessor-error-f0.ts';
import { DebugConsoleE9 } from '../../../emulator/devices/ports/debug-console-e9.ts';
import { ExitPortF4 } from '../../../emulator/devices/ports/exit-port-f4.ts';
import { FwCfg } from '../../../emulator/devices/ports/fw-cfg.ts';
import { Port92 } from '../../../emulator/devices/ports/port-92.ts';
import { PostPort80 } from '../../../emulator/devices/ports/post-port-80.ts';
import { SystemControl61 } from '../../../emulator/devices/ports/system-control-61.ts';
import { diskGeometry } from '../../../emulator/devices/storage/disk-geometry.ts';
import { Dma8237 } from '../../../emulator/devices/storage/dma-8237.ts';
import { Floppy82077 } from '../../../emulator/devices/storage/floppy/floppy-82077.ts';
import { floppyFormat } from '../../../emulator/devices/storage/floppy/floppy-format.ts';
import { AtaChannel } from '../../../emulator/devices/storage/ide/ata-channel.ts';
import { AtaDisk } from '../../../emulator/devices/storage/ide/ata-disk.ts';
import { AtapiCd } from '../../../emulator/devices/storage/ide/atapi-cd.ts';
import { BusMasterIde } from '../../../emulator/devices/storage/ide/bus-master-ide.ts';
import { Medium } from '../../../emulator/devices/storage/medium.ts';
import { Uart16550a } from '../../../emulator/devices/uart-16550a.ts';
import { Vga } from '../../../emulator/devices/vga/vga.ts';
import { TestClock } from '../time/test-clock.ts';
import { FakeVideo } from './vga/fake-video.ts';

/** A device under the contract test with all that it is connected to. */
export interface Subject {
  readonly device: Device;
  readonly claims: readonly PortClaim[];
  /** Devices whose state it reads. */
  readonly neighbours: readonly Device[];
  /** What reaches it from outside, chosen by a byte; the answer goes to the log. */
  readonly input: (byte: number) => unknown;
  /** Lets go of its inputs, which aren't the device's own state. */
  readonly release: () => void;
  readonly clock: TestClock;
  /** What the device did to its surroundings. */
  readonly log: string[];
}

type Parts = Pick<Subject, 'device'> & Partial<Subject> & { claims: Subject['claims'] };

function subject(make: (clock: TestClock, note: (what: string) => (value?: unknown) => void) => Parts): () => Subject {
  return () => {
    const clock = new TestClock();
    const log: string[] = [];
    const note = (what: string) => (value?: unknown) => {
      log.push(`${clock.icount} ${what} ${value}`);
    };
    const nothing = () => undefined;
    return { neighbours: [], input: nothing, release: nothing, ...make(clock, note), clock, log };
  };
}

function line(set: (value: unknown) => void): IrqLine {
  return { set };
}

/** Video memory as a device's neighbour. */
function memoryOf({ video, window }: FakeVideo): Device {
  const parts = [video, window].map((bytes) => ({ bytes, atPowerOn: bytes.slice() }));
  const changes = ({ bytes, atPowerOn }: (typeof parts)[number]): number[] =>
    Buffer.compare(bytes, atPowerOn) === 0 ? [] : [...bytes.keys()].filter((i) => bytes[i] !== atPowerOn[i]);
  return {
    name: 'video memory',
    reset: () => {
      for (const { bytes, atPowerOn } of parts) bytes.set(atPowerOn);
    },
    save: () => {
      const [inVideo, inWindow] = parts.map((part) => changes(part).flatMap((i) => [i, part.bytes[i]]));
      return { inVideo, inWindow };
    },
    load: (state) => {
      [state.inVideo, state.inWindow].forEach((pairs, index) => {
        if (!Array.isArray(pairs)) return;
        for (let i = 0; i < pairs.length; i += 2) parts[index].bytes[pairs[i]] = pairs[i + 1];
      });
    },
  };
}

const instructionsPerPitClock = 3;

/** A window in memory as ports of dwords: one for each 16 bytes, so that the contract reaches every register. */
function portsOf(claim: MmioClaim, registers: number, stepBytes = 16): readonly PortClaim[] {
  const { owner, first, read, readNature, write } = claim;
  const at = (port: number): number => first + (port % registers) * stepBytes;
  return [
    {
      owner,
      first: 0,
      last: registers - 1,
      widths: [1, 4],
      read: (port, size) => read(at(port), size),
      readNature: (port) => readNature?.(at(port)) ?? 'acting',
      write: (port, size, value) => write(at(port), size, value),
    },
  ];
}

/** Levels of 24 lines, which an I/O APIC looks at. */
class Lines implements Device {
  readonly name = 'lines';
  #levels = 0;

  isHigh(line: number): boolean {
    return (this.#levels & (1 << line)) !== 0;
  }

  toggle(line: number): void {
    this.#levels ^= 1 << line;
  }

  reset(): void {
    this.#levels = 0;
  }

  save() {
    return { levels: this.#levels };
  }

  load({ levels }: DeviceState): void {
    this.#levels = Number(levels);
  }
}

/** Memory that only tells of what is stored. */
function smallMemory(note: (what: string) => (value?: unknown) => void): BusMaster {
  return {
    read: (physical, length) => new Uint8Array(length).fill(physical >> 8),
    write: (physical, bytes) => note('dma')(`${physical} ${bytes.join()}`),
  };
}

/** A channel with a small disk as its master and a CD as its slave, and the bus master between them. */
function ataSubject(clock: TestClock, note: (what: string) => (value?: unknown) => void) {
  const memory = new Uint8Array(65536);
  const master = new BusMasterIde({
    name: 'master',
    memory: {
      read: (physical, length) => memory.slice(physical & 0x7fff, (physical & 0x7fff) + length),
      write: (physical, bytes) => {
        note('dma')(physical);
        memory.set(bytes.subarray(0, 0x8000), physical & 0x7fff);
      },
    },
    isAllowed: () => true,
    onStart: () => channel.noteDmaStart(),
  });
  const channel = new AtaChannel({
    name: 'ATA',
    commandBase: 0x1f0,
    controlPort: 0x3f6,
    irq: line(note('irq14')),
    clock: clock.scheduler,
    instructionsPerPitClock,
    dma: master,
    onInterrupt: () => master.noteInterrupt(),
    onUnhandled: note('unhandled'),
  });
  const medium = new Medium(new Uint8Array(512 * 300).fill(0x5a), { sectorBytes: 512, isReadOnly: false });
  const connection = channel.connection(0);
  const disc = new Medium(new Uint8Array(2048 * 20).fill(0xc5), { sectorBytes: 2048, isReadOnly: true });
  channel.attach([
    new AtaDisk({ number: 1, medium, geometry: diskGeometry(medium), connection }),
    new AtapiCd({ number: 2, medium: disc, connection: channel.connection(1) }),
  ]);
  return { channel, master };
}

/** Every device of the machine, by name. A new device gets its row here. */
export const SUBJECTS: Readonly<Record<string, () => Subject>> = {
  'A20 latch': subject((_clock, note) => {
    const device = new A20Latch({ onChange: note('a20') });
    return { device, claims: [], input: (byte) => device.set((byte & 1) !== 0) };
  }),
  PicPair: subject((_clock, note) => {
    const device = new PicPair({ onIntr: note('intr') });
    const irqs = Array.from({ length: 16 }, (_, irq) => (irq === 2 ? undefined : device.line(irq)));
    return {
      device,
      claims: device.claims(),
      input: (byte) => (byte < 64 ? device.acknowledge() : irqs[byte & 15]?.set((byte & 16) !== 0)),
      release: () => irqs.forEach((irq) => void irq?.set(false)),
    };
  }),
  Pit8254: subject((clock, note) => {
    const device = new Pit8254({ clock: clock.scheduler, instructionsPerPitClock, irq0: line(note('irq0')) });
    const input = (byte: number) => (byte < 64 ? device.setGate2((byte & 1) !== 0) : device.output2());
    return { device, claims: device.claims(), input };
  }),
  SystemControl61: subject((clock, note) => {
    const output2 = () => clock.icount % 7 > 3;
    const options = { clock: clock.scheduler, instructionsPerPitClock, setGate2: note('gate2'), output2 };
    const device = new SystemControl61(options);
    return { device, claims: device.claims() };
  }),
  Keyboard8042: subject((clock, note) => {
    const a20 = new A20Latch({ onChange: note('a20') });
    const irq1 = line(note('irq1'));
    const callbacks = { onReset: note('reset'), onUnhandled: note('unhandled') };
    const [irq12, auxiliary] = [line(note('irq12')), new Ps2Mouse()];
    const device = new Keyboard8042({ clock: clock.scheduler, irq1, irq12, auxiliary, a20, ...callbacks });
    const input = (byte: number) => {
      if (byte < 128) device.queueScancodes(Uint8Array.of(byte, byte ^ 0x80));
      else auxiliary.input({ dx: byte - 192, dy: byte * 3, wheel: byte & 3, buttons: byte & 7 });
      device.noteAuxiliary();
    };
    return { device, claims: device.claims(), neighbours: [a20, auxiliary], input };
  }),
  Ps2Mouse: subject((_clock, note) => {
    const device = new Ps2Mouse();
    const input = (byte: number) => {
      if (byte < 64) device.input({ dx: byte * 9, dy: -byte, wheel: byte - 32, buttons: byte & 31 });
      else if (byte < 128) note('byte')(device.takeByte());
      else device.receive(byte);
    };
    return { device, claims: [], input };
  }),
  Uart16550a: subject((_clock, note) => {
    const irq = line(note('irq4'));
    const device = new Uart16550a({ name: 'COM1', base: 0x3f8, irq, onTransmit: note('transmit') });
    const input = (byte: number) => device.receive(Uint8Array.from({ length: byte & 31 }, (_, index) => byte + index));
    return { device, claims: device.claims(), input };
  }),
  ParallelPort: subject((_clock, note) => {
    const device = new ParallelPort({ name: 'LPT1', base: 0x378, irq: line(note('irq7')) });
    return { device, claims: device.claims() };
  }),
  CmosMc146818: subject((clock, note) => {
    const date = { year: 2024, month: 2, day: 29, hour: 23, minute: 59, second: 58 };
    const memory = {
      memoryBytes: 64 * 1024 * 1024,
      floppyTypes: [],
      disks: [],
      bootOrder: [],
      irq8: line(note('irq8')),
    };
    const device = new CmosMc146818({ clock: clock.scheduler, instructionsPerPitClock: 1, date, ...memory });
    const input = (byte: number) => clock.advance(byte * 100_000);
    return { device, claims: device.claims(), input };
  }),
  Port92: subject((_clock, note) => {
    const a20 = new A20Latch({ onChange: note('a20') });
    const device = new Port92({ a20, onReset: note('reset') });
    return { device, claims: device.claims(), neighbours: [a20] };
  }),
  CoprocessorErrorF0: subject((_clock, note) => {
    const device = new CoprocessorErrorF0({ irq13: line(note('irq13')) });
    const input = (byte: number) => (byte < 128 ? device.raise() : device.clear());
    return { device, claims: device.claims(), input };
  }),
  DebugConsoleE9: subject((_clock, note) => {
    const device = new DebugConsoleE9({ onByte: note('byte') });
    return { device, claims: device.claims() };
  }),
  ExitPortF4: subject((_clock, note) => {
    const device = new ExitPortF4({ onExit: note('exit') });
    return { device, claims: device.claims() };
  }),
  FwCfg: subject(() => {
    const device = new FwCfg(new Map([['vgaroms/vgabios.bin', Uint8Array.of(1, 2, 3)]]));
    return { device, claims: device.claims() };
  }),
  PostPort80: subject(() => {
    const device = new PostPort80();
    return { device, claims: device.claims() };
  }),
  Vga: subject((clock, note) => {
    const host = new FakeVideo();
    const device = new Vga({ clock: clock.scheduler, instructionsPerPitClock, host, onUnhandled: note('unhandled') });
    const capture = () => JSON.stringify(device.cells());
    const input = (byte: number) => (byte < 32 ? device.setTextMode3() : capture());
    return { device, claims: device.claims(), input, neighbours: [memoryOf(host)] };
  }),
  AtaChannel: subject((clock, note) => {
    const { channel, master } = ataSubject(clock, note);
    return { device: channel, claims: [...channel.claims(), master.window(0xc000)], neighbours: [master] };
  }),
  BusMasterIde: subject((clock, note) => {
    const { channel, master } = ataSubject(clock, note);
    return { device: master, claims: [...channel.claims(), master.window(0xc000)], neighbours: [channel] };
  }),
  PciBus: subject((_clock, note) => {
    const functions = [IDE_CONTROLLER, POWER_MANAGEMENT, DISPLAY].map((identity) => new PciFunction(identity));
    const device = new PciBus({ functions, onReset: note('reset') });
    return { device, claims: device.claims() };
  }),
  PowerManagement: subject((clock, note) => {
    const options = { clock: clock.scheduler, instructionsPerPitClock, onPowerOff: note('off') };
    const device = new PowerManagement(options);
    return { device, claims: [...device.claims(), device.window(0x600)] };
  }),
  LocalApic: subject((clock, note) => {
    const device = new LocalApic({
      clock: clock.scheduler,
      instructionsPerPitClock,
      onChange: () => undefined,
      onEndOfInterrupt: note('end of interrupt'),
      onMove: note('move'),
    });
    const input = (byte: number) => {
      if (byte < 64) return device.isRequesting ? device.acknowledge() : -1;
      return byte < 160 ? device.accept(byte, (byte & 1) !== 0) : device.isAddressed(byte, (byte & 1) !== 0);
    };
    return { device, claims: portsOf(device.claim(0), 0x40), input };
  }),
  IoApic: subject((_clock, note) => {
    const lines = new Lines();
    const onMessage = (message: ApicMessage) => note('message')(JSON.stringify(message));
    const device = new IoApic({ isHigh: (input) => lines.isHigh(input), onMessage });
    const input = (byte: number) => {
      lines.toggle(byte % 24);
      device.noteInput(byte % 24);
    };
    return { device, claims: portsOf(device.claim(), 0x10), neighbours: [lines], input, release: () => lines.reset() };
  }),
  E1000: subject((clock, note) => {
    const device = new E1000({
      clock: clock.scheduler,
      instructionsPerPitClock,
      memory: smallMemory(note),
      isMaster: () => true,
      interruptPin: line(note('interrupt')),
    });
    const input = (byte: number) => {
      const window = device.window(0);
      window.write([0x3808, 0x3818, 0x400, 0x20][byte & 3], 4, [0x80, byte & 7, 2, 0x0420_1340][byte & 3]);
    };
    return { device, claims: portsOf(device.window(0), 0x100), input };
  }),
  Hpet: subject((clock, note) => {
    const device = new Hpet({
      clock: clock.scheduler,
      instructionsPerPitClock,
      line: (irq) => line(note(`irq${irq}`)),
    });
    return { device, claims: portsOf(device.claim(), 0x60, 4) };
  }),
  InterruptModeRegister: subject(() => {
    const device = new InterruptModeRegister();
    return { device, claims: device.claims() };
  }),
  Dma8237: subject((_clock, note) => {
    const device = new Dma8237({ memory: smallMemory(note) });
    const input = (byte: number) => {
      const channel = device.channel(byte & 7);
      if (byte < 128) return channel.store(new Uint8Array((byte >> 3) * 7).fill(byte));
      return channel.fetch(byte).join();
    };
    return { device, claims: device.claims(), input };
  }),
  Floppy82077: subject((clock, note) => {
    const dma = new Dma8237({ memory: smallMemory(note) });
    const format = floppyFormat(160 * 1024);
    const medium = new Medium(new Uint8Array(160 * 1024).fill(0x42), { sectorBytes: 512, isReadOnly: false });
    const device = new Floppy82077({
      drives: [{ medium, format }],
      irq: line(note('irq6')),
      dma: dma.channel(2),
      clock: clock.scheduler,
      instructionsPerPitClock,
      onUnhandled: note('unhandled'),
    });
    const claims = device.claims();
    const input = (byte: number) => {
      const whole = [[7, 0], [0x46, 0, 0, 0, 1, 2, 8, 0, 255], [0x4a, 0], [3, 0, byte & 1], [8], [0x0f, 0, byte & 7]][
        byte % 6
      ];
      for (const each of whole) claims[0].write?.(0x3f5, 1, each);
    };
    return { device, claims, neighbours: [dma], input };
  }),
};
