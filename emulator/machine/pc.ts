import { plainJson } from '../base/text-digest.ts';
import type { BootPlan } from '../boot/load.ts';
import type { IrqLine } from '../bus/irq-line.ts';
import { PortSpace } from '../bus/port-space.ts';
import type { PortClaim, ReadNature } from '../bus/ports.ts';
import { Cpu, type CpuEvent } from '../cpu/cpu.ts';
import type { TranslationState } from '../cpu/paging/translation.ts';
import { resetCpu } from '../cpu/reset.ts';
import * as S from '../cpu/state.ts';
import { initialiseFloats } from '../cpu/x87/reset.ts';
import { InterruptModeRegister } from '../devices/apic/imcr.ts';
import type { Device, DeviceState } from '../devices/device.ts';
import { Keyboard8042 } from '../devices/keyboard/keyboard-8042.ts';
import { Ps2Mouse } from '../devices/keyboard/ps2-mouse.ts';
import { ParallelPort } from '../devices/parallel-port.ts';
import { HOST_BRIDGE } from '../devices/pci/chipset.ts';
import { PciFunction } from '../devices/pci/pci-function.ts';
import { PicPair } from '../devices/pic-8259a.ts';
import { A20Latch } from '../devices/ports/a20-latch.ts';
import { CoprocessorErrorF0 } from '../devices/ports/coprocessor-error-f0.ts';
import { DebugConsoleE9 } from '../devices/ports/debug-console-e9.ts';
import { ExitPortF4 } from '../devices/ports/exit-port-f4.ts';
import { FwCfg } from '../devices/ports/fw-cfg.ts';
import { Port92 } from '../devices/ports/port-92.ts';
import { PostPort80 } from '../devices/ports/post-port-80.ts';
import type { Uart16550a } from '../devices/uart-16550a.ts';
import { powerOnVideo } from '../devices/vga/power-on-video.ts';
import { Vga } from '../devices/vga/vga.ts';
import { VIDEO_BYTES } from '../devices/vga/video-memory.ts';
import { Bios } from '../firmware/bios.ts';
import type { FirmwareHost } from '../firmware/firmware-host.ts';
import { SERVICE } from '../firmware/services.ts';
import { videoRom } from '../firmware/video/video-rom.ts';
import { Arena } from '../memory/arena.ts';
import { PAGE_ROM, PhysicalMemory } from '../memory/physical-memory.ts';
import { fillRam } from '../memory/ram-fill.ts';
import { type Drain, WriteLog, type WriteLogState } from '../memory/write-log.ts';
import { IdleClock } from '../time/idle-clock.ts';
import { Scheduler, type SchedulerState } from '../time/scheduler.ts';
import { ApicBoard } from './boards/apic-board.ts';
import { busMaster } from './boards/bus-master.ts';
import { firmwareHost } from './boards/firmware-host.ts';
import { HoleNotes } from './boards/hole-notes.ts';
import { PciBoard } from './boards/pci-board.ts';
import { serialBoard } from './boards/serial-board.ts';
import { StorageBoard } from './boards/storage-board.ts';
import { TimeBoard } from './boards/time-board.ts';
import { videoHost } from './boards/video-host.ts';
import type { MachineSpec } from './spec.ts';
import type { Drives } from './start/drives.ts';
import { applyShadow, placeRom, type RomFiles, romFiles, withShadow } from './start/rom.ts';
import { startKernel } from './start/start-kernel.ts';

const ROM_FIRST = 0xc0000;
const BIOS_FIRST = 0xf0000;
const ROM_END = 0x100000;

/** Services that 16-bit programs call in loops until a key or a tick has come: 13 microseconds pass each time. */
const POLLED = new Set<number>([SERVICE.keyboard, SERVICE.time]);
const POLL_LOOKS = 16;

/** Who waits by the time-stamp counter reads it every dozen instructions or so: as much time passes. */
const STAMP_LOOKS = 3;

/** Disk, floppy, CD. */
const QEMU_BOOT_ORDER: readonly number[] = [2, 1, 3];

/** What the parts of a PC tell the machine that runs them. */
export interface PcListeners {
  readonly onEvent: (event: CpuEvent) => void;
  /** The guest did something besides computing that isn't an event: it read a port or called the firmware. */
  readonly onEffect: () => void;
  /** Undefined when nobody records. */
  readonly onWrites: Drain | undefined;
  readonly onExit: (value: number) => void;
  readonly onReset: (by: string) => void;
}

/** Everything that the parts hold, but for memory. Plain data that nobody changes. */
export interface PcState {
  readonly cpu: Uint8Array;
  readonly shutdownVectors: readonly number[];
  readonly translations: TranslationState;
  readonly writeLog: WriteLogState;
  readonly devices: readonly DeviceState[]; // in the order of Pc.devices
  readonly timers: SchedulerState;
  readonly holes: readonly number[];
}

export interface PcParts {
  /** How memory is kept: `compiled` for engine `blocks`. */
  readonly arena: 'plain' | 'compiled';
  /** Undefined: the built-in firmware. */
  readonly rom: RomFiles | undefined;
}

/** The one file that solders the parts together. It runs nothing. */
export class Pc {
  readonly cpu: Cpu;
  readonly memory: PhysicalMemory;
  readonly writeLog: WriteLog;
  readonly scheduler: Scheduler;
  /** Undefined when time passes with every instruction. */
  readonly idleClock: IdleClock | undefined;
  readonly interrupts: ApicBoard;
  readonly keyboard: Keyboard8042;
  readonly mouse = new Ps2Mouse();
  readonly serialPorts: readonly Uart16550a[];
  readonly vga: Vga;
  readonly bios: Bios;
  readonly devices: readonly Device[];
  private readonly firmwareHost: FirmwareHost;
  /** Those of `devices` that machines haven't always had. */
  private readonly later: readonly Device[];
  /** What they hold when the guest begins, as JSON. */
  private atPowerOn: ReadonlyMap<Device, string> = new Map();
  private readonly rom: RomFiles | undefined;
  private readonly holes: HoleNotes;
  /** Has the processor an interrupt to take? */
  isInterruptRequested = false;

  constructor(spec: MachineSpec, drives: Drives, listeners: PcListeners, { arena, rom }: PcParts) {
    this.rom = rom;
    const { onEvent } = listeners;
    const unhandled = (what: string): void => onEvent({ kind: 'unhandled', what, eip: this.cpu.pc });
    this.memory = new PhysicalMemory(spec.memoryBytes, new Arena(spec.memoryBytes + VIDEO_BYTES, arena), VIDEO_BYTES);
    // An arena is zero to begin with.
    if (spec.ramFill.kind !== 'zero') fillRam(this.memory.bytes.subarray(0, spec.memoryBytes), spec.ramFill);
    this.writeLog = new WriteLog(
      () => this.cpu.f[S.F_ICOUNT],
      () => this.cpu.pc,
      listeners.onWrites,
      this.memory.arena,
    );
    const { instructionsPerPitClock, clock: clockKind, busyLimit, workPerPitClock: workPerLook } = spec;
    const lookIcount = instructionsPerPitClock;
    this.idleClock = clockKind === 'idle' ? new IdleClock({ lookIcount, busyLimit, workPerLook }) : undefined;
    const now = (): number => this.idleClock?.now ?? this.cpu.f[S.F_ICOUNT];
    const ports = new PortSpace(unhandled, (nature) => this.noteRead(nature, listeners));
    this.cpu = new Cpu({
      memory: this.memory,
      ports,
      writeLog: this.writeLog,
      observe: onEvent,
      firmware: (service) => {
        listeners.onEffect();
        this.lookAtClock(POLLED.has(service) ? POLL_LOOKS : 1); // who waits does so by asking again and again
        this.bios.call(service);
      },
    });
    this.cpu.onTimeRead = () => {
      listeners.onEffect();
      this.lookAtClock(STAMP_LOOKS);
    };
    this.holes = new HoleNotes(unhandled);
    this.cpu.access.windows.onAccess = (nature) => this.noteRead(nature, listeners);
    this.cpu.access.onHole = (physical, isWrite) => this.holes.note(physical, isWrite);
    this.scheduler = new Scheduler(now, () => this.cpu.requestPoll());
    const clock = this.scheduler;
    const pic = new PicPair({ onIntr: (isAsserted) => this.interrupts.setExternal(isAsserted) });
    this.interrupts = new ApicBoard({
      clock,
      instructionsPerPitClock,
      pic,
      onChange: () => this.noteInterrupts(),
      openWindow: (claim) => this.cpu.access.openWindow(claim),
      closeWindow: (claim) => this.cpu.access.closeWindow(claim),
    });
    this.cpu.apic = this.interrupts.local;
    const line = (irq: number): IrqLine => this.interrupts.line(irq);
    const a20 = new A20Latch({ onChange: (isEnabled) => this.setA20(isEnabled) });
    const onReset = listeners.onReset;
    const { pit, speaker, cmos, hpet } = new TimeBoard({
      clock,
      instructionsPerPitClock,
      line,
      cmos: {
        date: spec.date,
        memoryBytes: spec.memoryBytes,
        floppyTypes: drives.floppyTypes(),
        disks: drives.firstChannel(),
        bootOrder: rom === undefined ? QEMU_BOOT_ORDER : drives.bootKinds(),
      },
    });
    this.cpu.access.openWindow(hpet.claim());
    this.keyboard = new Keyboard8042({
      clock,
      irq1: line(1),
      irq12: line(12),
      auxiliary: this.mouse,
      a20,
      keyHoldIcount: (spec.keyHoldPitClocks ?? 0) * instructionsPerPitClock,
      onReset: () => onReset('8042'),
      onUnhandled: unhandled,
    });
    this.serialPorts = serialBoard(line, (port, byte) => onEvent({ kind: 'serial-out', port, byte }));
    const [com1, ...otherPorts] = this.serialPorts;
    this.memory.setPowerOnVideo(powerOnVideo());
    const host = videoHost(this.cpu);
    this.vga = new Vga({ clock, instructionsPerPitClock, host, onUnhandled: unhandled });
    this.cpu.access.openWindow(this.vga.windowClaim());
    const port92 = new Port92({ a20, onReset: () => onReset('port 92h') });
    const debugConsole = new DebugConsoleE9({ onByte: (byte) => onEvent({ kind: 'debug-out', byte }) });
    const exitPort = new ExitPortF4({ onExit: listeners.onExit });
    const post = new PostPort80();
    const claiming = [pic, pit, speaker, this.keyboard, cmos, com1, this.vga, port92, debugConsole, exitPort, post];
    for (const claim of claiming.flatMap((device): readonly PortClaim[] => device.claims())) ports.claim(claim);
    const loadFont: FirmwareHost['loadFont'] = (...font) => this.vga.loadFont(...font);
    const askMouse: FirmwareHost['askMouse'] = (byte) => this.mouse.answerTo(byte);
    const services = { unhandled, reset: onReset, now, instructionsPerPitClock, loadFont, askMouse };
    this.firmwareHost = firmwareHost(this.cpu, services);
    const memory = busMaster(this.cpu.access, this.writeLog);
    const { ide, dma, floppy } = new StorageBoard({
      ports,
      clock,
      instructionsPerPitClock,
      memory,
      line,
      drives,
      onUnhandled: unhandled,
      onCommand: () => this.idleClock?.expectAnswer(this.cpu.f[S.F_ICOUNT]),
    });
    const pci = new PciBoard({
      ports,
      access: this.cpu.access,
      clock,
      instructionsPerPitClock,
      memory,
      line,
      ide: ide.pci,
      vga: this.vga,
      shadowingBridge: rom === undefined ? undefined : this.shadowingBridge(),
      onReset,
    });
    const lpt1 = new ParallelPort({ name: 'LPT1', base: 0x378, irq: line(7) });
    const imcr = new InterruptModeRegister();
    const coprocessorError = new CoprocessorErrorF0({ irq13: line(13) });
    this.cpu.numericError = coprocessorError;
    const newcomers = [
      lpt1,
      imcr,
      dma,
      floppy,
      coprocessorError,
      ...otherPorts,
      rom === undefined ? new FwCfg(new Map()) : romFiles(rom),
    ];
    const claims = newcomers.flatMap((device) => device.claims());
    for (const claim of [...ide.claims, ...pci.power.claims(), ...pci.bus.claims(), ...claims]) ports.claim(claim);
    this.bios = new Bios(this.firmwareHost, { drives: drives.biosDrives(), bootMedium: drives.bootMedium });
    const idle = this.idleClock === undefined ? [] : [this.idleClock];
    this.later = [
      ...ide.devices,
      pci.power,
      pci.bus,
      drives,
      this.interrupts.local,
      this.interrupts.io,
      hpet,
      pci.network,
      ...newcomers,
      this.mouse,
    ];
    this.devices = [...claiming, a20, this.bios, ...idle, ...this.later];
  }

  /**
   * From reset, by way of the built-in BIOS, to the first instruction of the boot sector or of the kernel that is planned;
   * with a ROM to its first instruction.
   */
  powerOn(kernel: BootPlan | undefined): void {
    resetCpu(this.cpu);
    if (this.rom !== undefined) placeRom(this.memory, this.rom);
    else this.startBuiltIn(kernel);
    this.atPowerOn = new Map(this.later.map((device) => [device, plainJson(device.save())]));
  }

  private startBuiltIn(kernel: BootPlan | undefined): void {
    this.vga.setTextMode3(); // else the way there would be part of the recording
    this.memory.bytes.fill(0, ROM_FIRST, BIOS_FIRST);
    this.memory.bytes.set(videoRom(), ROM_FIRST);
    this.memory.bytes.set(this.bios.rom(), BIOS_FIRST);
    this.memory.pageKinds.fill(PAGE_ROM, ROM_FIRST >>> 12, ROM_END >>> 12);
    this.bios.post();
    initialiseFloats(this.cpu);
    if (kernel === undefined) this.bios.startDisk();
    else startKernel(this.cpu, this.firmwareHost, kernel);
  }

  /** The guest used a port or something like it. */
  noteAccess(): void {
    const { idleClock } = this;
    if (idleClock?.noteAccess()) this.cpu.f[S.F_DEADLINE] = Math.min(this.cpu.f[S.F_DEADLINE], idleClock.busyEnd);
  }

  /** What the devices hold, for a digest: one that came later says nothing while it is as at power-on. */
  deviceStates(): readonly string[] {
    return this.devices.flatMap((device) => {
      const state = plainJson(device.save());
      return state === this.atPowerOn.get(device) ? [] : [state];
    });
  }

  save(): PcState {
    return {
      cpu: this.cpu.state.bytes.slice(),
      shutdownVectors: this.cpu.shutdownVectors,
      translations: this.cpu.access.translation.save(),
      writeLog: this.writeLog.save(),
      devices: this.devices.map((device) => device.save()),
      timers: this.scheduler.save(),
      holes: this.holes.save(),
    };
  }

  load(state: PcState): void {
    this.devices.forEach((device, index) => {
      device.load(state.devices[index]);
    });
    this.scheduler.load(state.timers);
    // A device that loads may move the A20 gate or the interrupt pin, which reach into the processor: so it comes after.
    this.cpu.state.bytes.set(state.cpu);
    this.cpu.floatsChange();
    this.cpu.shutdownVectors = state.shutdownVectors;
    this.cpu.access.translation.load(state.translations);
    this.cpu.breakpoints.refresh();
    this.writeLog.load(state.writeLog);
    this.holes.load(state.holes);
  }

  private shadowingBridge(): PciFunction {
    const apply = (bridge: PciFunction): void => {
      applyShadow(bridge, this.memory);
      this.cpu.access.translation.noteKinds(ROM_FIRST, ROM_END);
    };
    const bridge = new PciFunction(withShadow(HOST_BRIDGE), apply);
    apply(bridge);
    return bridge;
  }

  private noteRead(nature: ReadNature, { onEffect }: PcListeners): void {
    if (nature !== 'steady') onEffect();
    if (nature === 'timed') this.lookAtClock();
  }

  /** A timer may be due after that; time doesn't go further past it, lest its next one pass as well. */
  private lookAtClock(looks = 1): void {
    if (this.idleClock === undefined) return;
    for (let look = 0; look < looks; look++) {
      this.idleClock.look();
      if (this.scheduler.nextDeadline() <= this.idleClock.now) break;
    }
    this.cpu.requestPoll();
  }

  private noteInterrupts(): void {
    // A controller may speak up while the others are being made.
    this.isInterruptRequested = this.interrupts?.isRequesting ?? false;
    if (this.isInterruptRequested) this.cpu.requestPoll();
  }

  /** Translations hold physical addresses after the gate, so they go when it moves. */
  private setA20(isEnabled: boolean): void {
    this.cpu.s[S.A20_MASK] = isEnabled ? -1 : ~(1 << 20);
    this.cpu.access.translation.tlb.flush(false);
    this.cpu.requestPoll();
  }
}
