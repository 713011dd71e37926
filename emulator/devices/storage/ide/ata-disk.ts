/**
 * An ATA hard disk.
 *
 * Document: ATA/ATAPI-6 (T13/1410D), 8 (commands) and 9 (protocols).
 * Commands: IDENTIFY DEVICE, READ and WRITE SECTORS, MULTIPLE and DMA, each also EXT, READ VERIFY (EXT), FLUSH CACHE (EXT),
 * SEEK, RECALIBRATE, INITIALIZE DEVICE PARAMETERS, SET MULTIPLE MODE, SET FEATURES (transfer mode, caches), READ NATIVE MAX
 * (EXT), the power commands, EXECUTE DEVICE DIAGNOSTIC. Addresses of 28 and 48 bits and CHS.
 *
 * Not here (aborted): SMART, security, host protected area, queued commands, READ and WRITE LONG, FORMAT TRACK. No command
 * takes longer because of where the heads are.
 */
import { assert } from '../../../base/assert.ts';
import { hex } from '../../../base/hex.ts';
import type { DeviceState } from '../../device.ts';
import { copyFields, restoreFields } from '../../plain-state.ts';
import type { DiskGeometry, Geometry } from '../disk-geometry.ts';
import type { Medium } from '../medium.ts';
import { COMMAND } from './ata-commands.ts';
import { identifyDisk, MOST_MULTIPLE } from './ata-identify.ts';
import { isThrough, nextWord, putWord } from './data-register.ts';
import type { IdeConnection, IdeDrive } from './ide-drive.ts';
import {
  ERROR,
  isLba,
  lba28,
  lba48,
  NOTHING,
  STATUS,
  sectorCount,
  setLba,
  setSignature,
  TASK_FILE,
  type TaskFile,
} from './task-file.ts';

const SECTOR_BYTES = 512;
const AT_REST = STATUS.ready | STATUS.seek;
/** In clocks of the PIT: until the first sector of a read, between sectors, and for a block that was written. */
const DELAY = { first: 128, next: 16, write: 32, short: 8 } as const;
const DIAGNOSTICS_PASSED = 0x01;

/** What happens when the disk's delay is over, or when its data register is through. */
type Phase = 'rest' | 'done' | 'read' | 'write' | 'dma-read' | 'dma-write' | 'identify';
const PHASES: readonly string[] = ['rest', 'done', 'read', 'write', 'dma-read', 'dma-write', 'identify'];

type DiskFields = TaskFile & {
  phase: string; // Phase
  bytes: Uint8Array; // in the data register
  position: number;
  lba: number; // of the next sector
  remaining: number; // sectors of the command still to come
  isWide: boolean; // the command has a 48-bit address
  blockSectors: number; // sectors between two interrupts
  multiple: number;
  transferMode: number;
  isWriteCached: boolean;
  heads: number; // as INITIALIZE DEVICE PARAMETERS set them
  sectorsPerTrack: number;
};

export interface AtaDiskOptions {
  readonly number: number; // 1-4, for its serial number
  readonly medium: Medium;
  readonly geometry: DiskGeometry;
  readonly connection: IdeConnection;
}

export class AtaDisk implements IdeDrive {
  readonly isPacketDevice = false;
  readonly #options: AtaDiskOptions;
  readonly #powerOn: DiskFields;
  #fields: DiskFields;

  constructor(options: AtaDiskOptions) {
    this.#options = options;
    const { heads, sectorsPerTrack } = options.geometry.physical;
    this.#powerOn = {
      ...TASK_FILE,
      error: DIAGNOSTICS_PASSED,
      status: AT_REST,
      phase: 'rest',
      bytes: NOTHING,
      position: 0,
      lba: 0,
      remaining: 0,
      isWide: false,
      blockSectors: 1,
      multiple: MOST_MULTIPLE,
      transferMode: 0x45, // ultra DMA 5
      isWriteCached: true,
      heads,
      sectorsPerTrack,
    };
    setSignature(this.#powerOn, false);
    this.#fields = copyFields(this.#powerOn);
  }

  get taskFile(): TaskFile {
    return this.#fields;
  }

  reset(): void {
    this.#fields = copyFields(this.#powerOn);
  }

  softReset(): void {
    const { multiple, transferMode, isWriteCached, heads, sectorsPerTrack, device } = this.#fields;
    const kept = { multiple, transferMode, isWriteCached, heads, sectorsPerTrack, device };
    this.#fields = { ...copyFields(this.#powerOn), ...kept };
    setSignature(this.#fields, false);
  }

  save(): DeviceState {
    return copyFields(this.#fields);
  }

  load(state: DeviceState): void {
    this.#fields = restoreFields(this.#powerOn, state);
    assert(PHASES.includes(this.#fields.phase), `a saved disk is in phase ${this.#fields.phase}`);
  }

  execute(command: number): void {
    const disk = this.#fields;
    disk.error = 0;
    disk.status = AT_REST;
    disk.bytes = NOTHING;
    disk.position = 0;
    disk.phase = 'rest';
    const transfer = TRANSFERS.get(command);
    if (transfer !== undefined) this.#startTransfer(transfer);
    else this.#executeOther(command);
  }

  proceed(): void {
    const disk = this.#fields;
    switch (disk.phase as Phase) {
      case 'done':
        this.#finish();
        return;
      case 'read':
        this.#offerBlock();
        return;
      case 'write': // a block is on the disk
        if (disk.remaining === 0) this.#finish();
        else this.#askForBlock(true);
        return;
      case 'dma-read':
      case 'dma-write':
        disk.status = AT_REST | STATUS.request;
        this.noteDmaStart();
        return;
      default: // at rest, or a block of IDENTIFY is through
    }
  }

  noteDmaStart(): void {
    const disk = this.#fields;
    const { dma } = this.#options.connection;
    if ((disk.status & STATUS.request) === 0 || !dma.isStarted) return;
    if (disk.phase === 'dma-read') this.#dmaRead();
    else if (disk.phase === 'dma-write') this.#dmaWrite();
  }

  readData(): number {
    const disk = this.#fields;
    if ((disk.status & STATUS.request) === 0 || isThrough(disk)) return 0;
    const word = nextWord(disk);
    if (isThrough(disk)) this.#noteBlockRead();
    return word;
  }

  writeData(word: number): void {
    const disk = this.#fields;
    if ((disk.status & STATUS.request) === 0 || disk.phase !== 'write' || isThrough(disk)) return;
    putWord(disk, word);
    if (isThrough(disk)) this.#storeBlock();
  }

  #executeOther(command: number): void {
    const disk = this.#fields;
    switch (command) {
      case COMMAND.identifyDevice:
        disk.bytes = this.#identify();
        disk.phase = 'identify';
        disk.status = AT_REST | STATUS.request;
        this.#options.connection.raiseInterrupt();
        return;
      case COMMAND.initializeParameters:
        disk.heads = (disk.device & 0x0f) + 1;
        disk.sectorsPerTrack = disk.count & 0xff;
        this.#finishAfter(DELAY.short);
        return;
      case COMMAND.setMultiple:
        this.#setMultiple(disk.count & 0xff);
        return;
      case COMMAND.setFeatures:
        this.#setFeatures(disk.feature & 0xff, disk.count & 0xff);
        return;
      case COMMAND.checkPower:
        disk.count = 0xff; // active
        this.#finishAfter(DELAY.short);
        return;
      case COMMAND.readNativeMax:
        setLba(disk, Math.min(this.#options.medium.sectorCount, 0x1000_0000) - 1, false);
        this.#finishAfter(DELAY.short);
        return;
      case COMMAND.readNativeMaxExt:
        setLba(disk, this.#options.medium.sectorCount - 1, true);
        this.#finishAfter(DELAY.short);
        return;
      case COMMAND.diagnostic:
        this.softReset();
        this.#finishAfter(DELAY.short);
        disk.error = DIAGNOSTICS_PASSED;
        return;
      default:
        if (WITHOUT_EFFECT.has(command) || command >> 4 === 1 || command >> 4 === 7) this.#finishAfter(DELAY.short);
        else this.#refuse(command);
    }
  }

  #refuse(command: number): void {
    if (!NEVER_OF_DISKS.has(command)) this.#options.connection.noteUnhandled(`command ${hex(command, 2)}`);
    this.#fail(ERROR.abort);
  }

  #identify(): Uint8Array {
    const { number, medium, geometry } = this.#options;
    const { multiple, transferMode, isWriteCached } = this.#fields;
    const { physical } = geometry;
    const { sectorCount: sectors } = medium;
    const current = this.#currentGeometry();
    return identifyDisk({ number, physical, current, sectorCount: sectors, multiple, transferMode, isWriteCached });
  }

  #currentGeometry(): Geometry {
    const { heads, sectorsPerTrack } = this.#fields;
    const perCylinder = heads * Math.max(sectorsPerTrack, 1);
    const cylinders = Math.min(Math.floor(this.#options.medium.sectorCount / perCylinder), 16383);
    const { physical } = this.#options.geometry;
    const isPhysical = heads === physical.heads && sectorsPerTrack === physical.sectorsPerTrack;
    return isPhysical ? physical : { cylinders, heads, sectorsPerTrack };
  }

  #setMultiple(count: number): void {
    const isPowerOf2 = (count & (count - 1)) === 0;
    if (count > MOST_MULTIPLE || !isPowerOf2) {
      this.#fail(ERROR.abort);
      return;
    }
    this.#fields.multiple = count;
    this.#finishAfter(DELAY.short);
  }

  #setFeatures(feature: number, value: number): void {
    const disk = this.#fields;
    if (feature === 0x02 || feature === 0x82) disk.isWriteCached = feature === 0x02;
    else if (feature === 0x03 && isTransferMode(value)) disk.transferMode = value;
    else if (!FEATURES_WITHOUT_EFFECT.has(feature)) {
      this.#fail(ERROR.abort);
      return;
    }
    this.#finishAfter(DELAY.short);
  }

  #startTransfer({ kind, isWide, isMultiple }: Transfer): void {
    const disk = this.#fields;
    const lba = this.#firstSector(isWide);
    const count = sectorCount(disk, isWide);
    if (isMultiple && disk.multiple === 0) {
      this.#fail(ERROR.abort);
      return;
    }
    if (lba === undefined || lba + count > this.#options.medium.sectorCount) {
      this.#fail(ERROR.notFound);
      return;
    }
    disk.lba = lba;
    disk.remaining = count;
    disk.isWide = isWide;
    disk.blockSectors = isMultiple ? disk.multiple : 1;
    if (kind === 'write') this.#askForBlock(false);
    else this.#busy(kind === 'verify' ? 'done' : kind, DELAY.first);
  }

  /** Undefined where no sector is. */
  #firstSector(isWide: boolean): number | undefined {
    const disk = this.#fields;
    if (isLba(disk)) return isWide ? lba48(disk) : lba28(disk);
    const sector = disk.low & 0xff;
    const head = disk.device & 0x0f;
    if (isWide || sector === 0 || sector > disk.sectorsPerTrack || head >= disk.heads) return undefined;
    const cylinder = ((disk.high & 0xff) << 8) | (disk.mid & 0xff);
    return (cylinder * disk.heads + head) * disk.sectorsPerTrack + sector - 1;
  }

  #offerBlock(): void {
    const disk = this.#fields;
    const sectors = Math.min(disk.blockSectors, disk.remaining);
    disk.bytes = this.#options.medium.readMany(disk.lba, sectors);
    disk.position = 0;
    this.#advance(sectors);
    disk.status = AT_REST | STATUS.request;
    this.#options.connection.raiseInterrupt();
  }

  /** The last block ends a read without another interrupt (9.5). */
  #noteBlockRead(): void {
    const disk = this.#fields;
    disk.bytes = NOTHING;
    disk.position = 0;
    if (disk.phase === 'read' && disk.remaining > 0) this.#busy('read', DELAY.next);
    else this.#rest();
  }

  /** The first block is asked for at once and without an interrupt (9.6). */
  #askForBlock(isLater: boolean): void {
    const disk = this.#fields;
    disk.bytes = new Uint8Array(Math.min(disk.blockSectors, disk.remaining) * SECTOR_BYTES);
    disk.position = 0;
    disk.phase = 'write';
    disk.status = AT_REST | STATUS.request;
    if (isLater) this.#options.connection.raiseInterrupt();
  }

  #storeBlock(): void {
    const disk = this.#fields;
    const { bytes } = disk;
    this.#options.medium.writeMany(disk.lba, bytes);
    this.#advance(bytes.length / SECTOR_BYTES);
    disk.bytes = NOTHING;
    disk.position = 0;
    this.#busy('write', DELAY.write);
  }

  #dmaRead(): void {
    const disk = this.#fields;
    const { medium, connection } = this.#options;
    const bytes = medium.readMany(disk.lba, disk.remaining);
    this.#endDma(connection.dma.store(bytes) === bytes.length);
  }

  #dmaWrite(): void {
    const disk = this.#fields;
    const { medium, connection } = this.#options;
    const wanted = disk.remaining * SECTOR_BYTES;
    const bytes = connection.dma.fetch(wanted);
    const whole = bytes.length - (bytes.length % SECTOR_BYTES);
    medium.writeMany(disk.lba, bytes.subarray(0, whole));
    this.#endDma(bytes.length === wanted);
  }

  /** Descriptors that are too short end the transfer without an interrupt. */
  #endDma(isWhole: boolean): void {
    if (!isWhole) {
      this.#rest();
      return;
    }
    this.#advance(this.#fields.remaining);
    this.#options.connection.dma.finish();
    this.#finish();
  }

  /** The task file follows the command: it shows the last sector. */
  #advance(sectors: number): void {
    const disk = this.#fields;
    disk.lba += sectors;
    disk.remaining -= sectors;
    if (isLba(disk)) setLba(disk, disk.lba - 1, disk.isWide);
    disk.count = disk.remaining & (disk.isWide ? 0xffff : 0xff);
  }

  #busy(phase: Phase, pitClocks: number): void {
    this.#fields.phase = phase;
    this.#fields.status = STATUS.busy;
    this.#options.connection.proceedAfter(pitClocks);
  }

  #finishAfter(pitClocks: number): void {
    this.#busy('done', pitClocks);
  }

  #finish(): void {
    this.#rest();
    this.#options.connection.raiseInterrupt();
  }

  #rest(): void {
    this.#fields.phase = 'rest';
    this.#fields.status = AT_REST;
  }

  #fail(error: number): void {
    const disk = this.#fields;
    disk.phase = 'rest';
    disk.error = error;
    disk.status = STATUS.ready | STATUS.error;
    this.#options.connection.raiseInterrupt();
  }
}

interface Transfer {
  readonly kind: 'read' | 'write' | 'verify' | 'dma-read' | 'dma-write';
  readonly isWide: boolean;
  readonly isMultiple: boolean;
}

const transfer = (kind: Transfer['kind'], isWide = false, isMultiple = false): Transfer => ({
  kind,
  isWide,
  isMultiple,
});

const TRANSFERS: ReadonlyMap<number, Transfer> = new Map([
  [0x20, transfer('read')],
  [0x21, transfer('read')],
  [0x24, transfer('read', true)],
  [0x25, transfer('dma-read', true)],
  [0x29, transfer('read', true, true)],
  [0x30, transfer('write')],
  [0x31, transfer('write')],
  [0x34, transfer('write', true)],
  [0x35, transfer('dma-write', true)],
  [0x39, transfer('write', true, true)],
  [0x3c, transfer('write')], // WRITE VERIFY
  [0x40, transfer('verify')],
  [0x41, transfer('verify')],
  [0x42, transfer('verify', true)],
  [0xc4, transfer('read', false, true)],
  [0xc5, transfer('write', false, true)],
  [0xc8, transfer('dma-read')],
  [0xc9, transfer('dma-read')],
  [0xca, transfer('dma-write')],
  [0xcb, transfer('dma-write')],
]);

/** NOP, and what only packet devices take: guests find out by it what a drive is. */
const NEVER_OF_DISKS = new Set<number>([
  COMMAND.nop,
  COMMAND.deviceReset,
  COMMAND.packet,
  COMMAND.identifyPacketDevice,
]);

/** FLUSH CACHE (EXT), STANDBY, IDLE, SLEEP and what they were called in ATA-1. */
const WITHOUT_EFFECT = new Set([0xe7, 0xea, 0xe0, 0xe1, 0xe2, 0xe3, 0xe6, 0x94, 0x95, 0x96, 0x97, 0x99]);

/** Power management, look-ahead, revert to defaults or not: accepted. */
const FEATURES_WITHOUT_EFFECT = new Set([0x05, 0x42, 0x55, 0x66, 0x69, 0x67, 0x85, 0x96, 0x9a, 0xaa, 0xc2, 0xcc]);

/** PIO default and flow control, multiword DMA 0-2, ultra DMA 0-5. */
function isTransferMode(value: number): boolean {
  const [kind, level] = [value >> 3, value & 7];
  return kind === 0 || kind === 1 || (kind === 4 && level <= 2) || (kind === 8 && level <= 5);
}
