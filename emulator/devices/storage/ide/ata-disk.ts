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
import { hex } from '../../../base/hex.ts';
import type { DeviceState } from '../../device.ts';
import type { Geometry } from '../disk-geometry.ts';
import {
  COMMAND,
  DISK_TRANSFERS,
  FEATURES_WITHOUT_EFFECT,
  isTransferMode,
  NEVER_OF_DISKS,
  WITHOUT_EFFECT,
} from './ata-commands.ts';
import { identifyDisk, MOST_MULTIPLE } from './ata-identify.ts';
import { AT_REST, type AtaDiskOptions, DiskState } from './disk-state.ts';
import type { IdeDrive } from './ide-drive.ts';
import { SectorTransfer } from './sector-transfer.ts';
import { ERROR, NOTHING, STATUS, setLba, type TaskFile } from './task-file.ts';

const SHORT_PIT_CLOCKS = 8;

export class AtaDisk implements IdeDrive {
  readonly isPacketDevice = false;
  readonly #options: AtaDiskOptions;
  readonly #state: DiskState;
  readonly #transfer: SectorTransfer;

  constructor(options: AtaDiskOptions) {
    this.#options = options;
    this.#state = new DiskState(options);
    this.#transfer = new SectorTransfer(this.#state);
  }

  get taskFile(): TaskFile {
    return this.#state.fields;
  }

  reset(): void {
    this.#state.reset();
  }

  softReset(): void {
    this.#state.softReset();
  }

  save(): DeviceState {
    return this.#state.save();
  }

  load(state: DeviceState): void {
    this.#state.load(state);
  }

  execute(command: number): void {
    const { fields: disk } = this.#state;
    disk.error = 0;
    disk.status = AT_REST;
    disk.bytes = NOTHING;
    disk.position = 0;
    disk.phase = 'rest';
    const transfer = DISK_TRANSFERS.get(command);
    if (transfer !== undefined) this.#transfer.begin(transfer);
    else this.#executeOther(command);
  }

  proceed(): void {
    this.#transfer.proceed();
  }

  noteDmaStart(): void {
    this.#transfer.noteDmaStart();
  }

  readData(): number {
    return this.#transfer.readData();
  }

  writeData(word: number): void {
    this.#transfer.writeData(word);
  }

  #executeOther(command: number): void {
    const { fields: disk } = this.#state;
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
        this.#finishSoon();
        return;
      case COMMAND.setMultiple:
        this.#setMultiple(disk.count & 0xff);
        return;
      case COMMAND.setFeatures:
        this.#setFeatures(disk.feature & 0xff, disk.count & 0xff);
        return;
      case COMMAND.checkPower:
        disk.count = 0xff; // active
        this.#finishSoon();
        return;
      case COMMAND.readNativeMax:
        setLba(disk, Math.min(this.#options.medium.sectorCount, 0x1000_0000) - 1, false);
        this.#finishSoon();
        return;
      case COMMAND.readNativeMaxExt:
        setLba(disk, this.#options.medium.sectorCount - 1, true);
        this.#finishSoon();
        return;
      case COMMAND.diagnostic:
        this.softReset();
        this.#finishSoon();
        return;
      default:
        if (WITHOUT_EFFECT.has(command) || command >> 4 === 1 || command >> 4 === 7) this.#finishSoon();
        else this.#refuse(command);
    }
  }

  #refuse(command: number): void {
    if (!NEVER_OF_DISKS.has(command)) this.#options.connection.noteUnhandled(`command ${hex(command, 2)}`);
    this.#state.fail(ERROR.abort);
  }

  #identify(): Uint8Array {
    const { number, medium, geometry } = this.#options;
    const { multiple, transferMode, isWriteCached } = this.#state.fields;
    const { physical } = geometry;
    const { sectorCount: sectors } = medium;
    const current = this.#currentGeometry();
    return identifyDisk({ number, physical, current, sectorCount: sectors, multiple, transferMode, isWriteCached });
  }

  #currentGeometry(): Geometry {
    const { heads, sectorsPerTrack } = this.#state.fields;
    const perCylinder = heads * Math.max(sectorsPerTrack, 1);
    const cylinders = Math.min(Math.floor(this.#options.medium.sectorCount / perCylinder), 16383);
    const { physical } = this.#options.geometry;
    const isPhysical = heads === physical.heads && sectorsPerTrack === physical.sectorsPerTrack;
    return isPhysical ? physical : { cylinders, heads, sectorsPerTrack };
  }

  #setMultiple(count: number): void {
    const isPowerOf2 = (count & (count - 1)) === 0;
    if (count > MOST_MULTIPLE || !isPowerOf2) {
      this.#state.fail(ERROR.abort);
      return;
    }
    this.#state.fields.multiple = count;
    this.#finishSoon();
  }

  #setFeatures(feature: number, value: number): void {
    const { fields: disk } = this.#state;
    if (feature === 0x02 || feature === 0x82) disk.isWriteCached = feature === 0x02;
    else if (feature === 0x03 && isTransferMode(value)) disk.transferMode = value;
    else if (!FEATURES_WITHOUT_EFFECT.has(feature)) {
      this.#state.fail(ERROR.abort);
      return;
    }
    this.#finishSoon();
  }

  #finishSoon(): void {
    this.#state.busy('done', SHORT_PIT_CLOCKS);
  }
}
