import { assert } from '../base/assert.ts';
import { hex } from '../base/hex.ts';
import type { Device, DeviceState } from '../devices/device.ts';
import type { Medium, MediumState } from '../devices/storage/medium.ts';
import { apmEntry } from './apm.ts';
import { BDA } from './bios-data-area.ts';
import { type BootPlace, boot } from './boot.ts';
import { clockInterrupt, int1a } from './clock/int1a.ts';
import { tickInterrupt } from './clock/tick-interrupt.ts';
import { BiosDisks } from './disk/bios-disks.ts';
import type { BiosDrives } from './disk/drives.ts';
import { int13 } from './disk/int13.ts';
import type { FirmwareHost } from './firmware-host.ts';
import { int16 } from './input/int16.ts';
import { keyInterrupt } from './input/key-interrupt.ts';
import { mouseInterrupt } from './input/pointing-device.ts';
import { continueInt14, int14 } from './int14.ts';
import { continueInt15, int15 } from './int15.ts';
import { int17 } from './int17.ts';
import { pciEntry } from './pci/pci-bios.ts';
import { powerOn, startBoot } from './post.ts';
import { buildRom } from './rom.ts';
import { SERVICE } from './services.ts';
import { int10 } from './video/int10.ts';
import { teletype } from './video/surfaces/teletype.ts';
import { cursorOf, setCursor } from './video/surfaces/text-page.ts';

const NOTHING_WRITTEN: MediumState = { lbas: [], bytes: new Uint8Array(0) };
const WHITE = 0x0f; // in graphics modes
const NOTHING_BOOTABLE = 'No bootable device.\r\n';

export interface BiosOptions {
  readonly drives: BiosDrives;
  /** What is in the drive that the machine boots from: what is written to it is part of the firmware's state. */
  readonly bootMedium: Medium | undefined;
}

/** The BIOS: its ROM, the power-on self test and the services that firmware calls in the ROM ask for. */
export class Bios implements Device {
  readonly name = 'BIOS';
  readonly #host: FirmwareHost;
  readonly #disks: BiosDisks;
  readonly #bootMedium: Medium | undefined;
  readonly #services: ReadonlyMap<number, (host: FirmwareHost) => void>;
  #systemDeadline = 0; // icount at which the wait of int 15h/86h ends
  #serialDeadline = 0;

  constructor(host: FirmwareHost, { drives, bootMedium }: BiosOptions) {
    this.#host = host;
    this.#disks = new BiosDisks(drives);
    this.#bootMedium = bootMedium;
    this.#services = this.#servicesByNumber();
  }

  /** 64 KiB for physical F0000h-FFFFFh. */
  rom(): Uint8Array {
    return buildRom(this.#host.memoryBytes);
  }

  /** The power-on self test: vectors, data area, chips and screen are as what is booted expects them. */
  post(): void {
    powerOn(this.#host, this.#disks);
  }

  /** On to the first instruction of the boot sector. */
  startDisk(): void {
    startBoot(this.#host, this.#disks);
  }

  /** The firmware call instruction with this number (SERVICE), fetched from the ROM. */
  call(service: number): void {
    const run = this.#services.get(service);
    if (run !== undefined) run(this.#host);
    else this.#host.unhandled(`firmware call ${hex(service, 2)}`); // the guest executed one of the ROM's tables
  }

  /** What was written to the disk stays: it is no power-on state. */
  reset(): void {
    this.#systemDeadline = 0;
    this.#serialDeadline = 0;
    this.#disks.reset();
  }

  save(): DeviceState {
    const written = this.#bootMedium?.save() ?? NOTHING_WRITTEN;
    const cd = this.#disks.save();
    return {
      systemDeadline: this.#systemDeadline,
      serialDeadline: this.#serialDeadline,
      writtenLbas: written.lbas,
      writtenBytes: written.bytes.slice(),
      ...(cd.bootedCd < 0 ? {} : cd),
    };
  }

  load(state: DeviceState): void {
    const { systemDeadline, serialDeadline } = state;
    assert(typeof systemDeadline === 'number' && typeof serialDeadline === 'number', 'the saved BIOS has no deadlines');
    this.#systemDeadline = systemDeadline;
    this.#serialDeadline = serialDeadline;
    this.#bootMedium?.load(state.writtenLbas, state.writtenBytes);
    const { bootedCd, isEmulated } = state;
    if (typeof bootedCd === 'number') this.#disks.load(bootedCd, isEmulated === true);
    else this.#disks.reset();
  }

  #servicesByNumber(): ReadonlyMap<number, (host: FirmwareHost) => void> {
    const disks = this.#disks;
    return new Map<number, (host: FirmwareHost) => void>([
      [SERVICE.tick, tickInterrupt],
      [SERVICE.key, keyInterrupt],
      [SERVICE.video, int10],
      [SERVICE.equipment, (host) => giveWord(host, BDA.equipment)],
      [SERVICE.baseMemory, (host) => giveWord(host, BDA.baseMemoryKib)],
      [SERVICE.disk, (host) => int13(host, disks)],
      [SERVICE.serial, (host) => this.#setSerialDeadline(int14(host))],
      [SERVICE.serialWait, (host) => continueInt14(host, this.#serialDeadline)],
      [SERVICE.system, (host) => this.#setSystemDeadline(int15(host))],
      [SERVICE.powerEntry, apmEntry],
      [SERVICE.pciEntry, pciEntry],
      [SERVICE.systemWait, (host) => continueInt15(host, this.#systemDeadline)],
      [SERVICE.keyboard, int16],
      [SERVICE.printer, int17],
      [SERVICE.nothingBootable, printNothingBootable],
      [SERVICE.boot, (host) => pushPlace(host, boot(host, disks))],
      [SERVICE.time, int1a],
      [SERVICE.clock, clockInterrupt],
      [SERVICE.mouse, mouseInterrupt],
      [SERVICE.reset, (host) => host.reset('a jump to the reset vector')],
    ]);
  }

  #setSerialDeadline(icount: number): void {
    this.#serialDeadline = icount;
  }

  #setSystemDeadline(icount: number): void {
    this.#systemDeadline = icount;
  }
}

/** Where the stub's RETF goes. */
function pushPlace(host: FirmwareHost, { segment, offset }: BootPlace): void {
  const stack = host.reg('sp') - 4;
  host.writeWord(stack, offset);
  host.writeWord(stack + 2, segment);
  host.setReg('sp', stack);
}

/** Int 11h and 12h: a word of the BIOS data area. */
function giveWord(host: FirmwareHost, physical: number): void {
  host.setReg('ax', host.readWord(physical));
}

function printNothingBootable(host: FirmwareHost): void {
  const page = host.readByte(BDA.activePage);
  let position = cursorOf(host, page);
  for (const letter of NOTHING_BOOTABLE) {
    position = teletype(host, page, position, { character: letter.charCodeAt(0), attribute: undefined, colour: WHITE });
  }
  setCursor(host, page, position);
}
