import { PortSpace } from '../../../../../emulator/bus/port-space.ts';
import { diskGeometry } from '../../../../../emulator/devices/storage/disk-geometry.ts';
import { AtaChannel } from '../../../../../emulator/devices/storage/ide/ata-channel.ts';
import { AtaDisk } from '../../../../../emulator/devices/storage/ide/ata-disk.ts';
import { BusMasterIde } from '../../../../../emulator/devices/storage/ide/bus-master-ide.ts';
import type { IdeConnection, IdeDrive } from '../../../../../emulator/devices/storage/ide/ide-drive.ts';
import { Medium } from '../../../../../emulator/devices/storage/medium.ts';
import { TestClock } from '../../../time/test-clock.ts';

export const SECTOR_BYTES = 512;

/** A disk whose sectors begin with their number. */
export function numberedMedium(sectors: number): Medium {
  const image = new Uint8Array(sectors * SECTOR_BYTES);
  const view = new DataView(image.buffer);
  for (let lba = 0; lba < sectors; lba++) {
    for (let at = 0; at < SECTOR_BYTES; at += 4) view.setUint32(lba * SECTOR_BYTES + at, lba * 1000 + at, true);
  }
  return new Medium(image, { sectorBytes: 512, isReadOnly: false });
}

/** One channel with its bus master at C000h, memory and a processor that is the test. */
export class IdeBench {
  readonly clock = new TestClock();
  readonly ports: PortSpace;
  readonly memory = new Uint8Array(1 << 20);
  readonly channel: AtaChannel;
  readonly master: BusMasterIde;
  /** Levels of IRQ 14 as they came. */
  readonly line: boolean[] = [];
  readonly unhandled: string[] = [];
  isMasterAllowed = true;

  constructor(make: (connection: IdeConnection) => IdeDrive) {
    this.ports = new PortSpace((what) => {
      throw new Error(what);
    });
    this.master = new BusMasterIde({
      name: 'master',
      memory: {
        read: (physical, length) => this.memory.slice(physical, physical + length),
        write: (physical, bytes) => this.memory.set(bytes, physical),
      },
      isAllowed: () => this.isMasterAllowed,
      onStart: () => this.channel.noteDmaStart(),
    });
    this.channel = new AtaChannel({
      name: 'ATA',
      commandBase: 0x1f0,
      controlPort: 0x3f6,
      irq: { set: (level) => this.#note(level) },
      clock: this.clock.scheduler,
      instructionsPerPitClock: 1,
      dma: this.master,
      onInterrupt: () => this.master.noteInterrupt(),
      onUnhandled: (what) => this.unhandled.push(what),
    });
    this.channel.attach([make(this.channel.connection(0)), undefined]);
    for (const claim of [...this.channel.claims(), this.master.window(0xc000)]) this.ports.claim(claim);
  }

  static withDisk(sectors = 4000, medium = numberedMedium(sectors)): IdeBench {
    return new IdeBench((connection) => new AtaDisk({ number: 1, medium, geometry: diskGeometry(medium), connection }));
  }

  get isInterrupting(): boolean {
    return this.line.at(-1) === true;
  }

  out(port: number, value: number): void {
    this.ports.write(port, 1, value);
  }

  in(port: number): number {
    return this.ports.read(port, 1);
  }

  /** The 28-bit command block, low bytes of everything. */
  command(code: number, { count = 1, lba = 0, device = 0xe0, feature = 0 } = {}): void {
    this.out(0x1f1, feature);
    this.out(0x1f2, count & 0xff);
    this.out(0x1f3, lba & 0xff);
    this.out(0x1f4, (lba >> 8) & 0xff);
    this.out(0x1f5, (lba >> 16) & 0xff);
    this.out(0x1f6, device | ((lba >>> 24) & 15));
    this.out(0x1f7, code);
  }

  /** Each register twice, older byte first. */
  command48(code: number, count: number, lba: number): void {
    const bytes = Array.from({ length: 6 }, (_, index) => Math.floor(lba / 2 ** (8 * index)) % 256);
    this.out(0x1f6, 0xe0);
    this.out(0x1f2, count >> 8);
    [3, 4, 5].forEach((index, register) => {
      this.out(0x1f3 + register, bytes[index]);
    });
    this.out(0x1f2, count & 0xff);
    [0, 1, 2].forEach((index, register) => {
      this.out(0x1f3 + register, bytes[index]);
    });
    this.out(0x1f7, code);
  }

  /** Until the drive isn't busy; the status then, read at the alternate port. */
  wait(): number {
    for (let turn = 0; turn < 1000; turn++) {
      const status = this.in(0x3f6);
      if ((status & 0x80) === 0) return status;
      this.clock.advance(10);
    }
    throw new Error('busy for ever');
  }

  /** Words of the data register. */
  read(bytes: number): Uint8Array {
    const words = Array.from({ length: bytes / 2 }, () => this.ports.read(0x1f0, 2));
    return Uint8Array.from(words.flatMap((word) => [word & 0xff, word >> 8]));
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += 2) this.ports.write(0x1f0, 2, bytes[at] | (bytes[at + 1] << 8));
  }

  /** A table at 1000h; each piece is an address and a length. */
  descriptors(...pieces: readonly (readonly [number, number])[]): void {
    const view = new DataView(this.memory.buffer);
    pieces.forEach(([physical, length], index) => {
      view.setUint32(0x1000 + index * 8, physical, true);
      view.setUint32(0x1004 + index * 8, (length & 0xffff) | (index === pieces.length - 1 ? 0x8000_0000 : 0), true);
    });
    this.ports.write(0xc004, 4, 0x1000);
  }

  #note(level: boolean): void {
    if (level !== this.isInterrupting) this.line.push(level);
  }
}
