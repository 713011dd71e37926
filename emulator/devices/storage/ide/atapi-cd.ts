/**
 * An ATAPI CD drive, with a disc in it or empty.
 *
 * Document: ATA/ATAPI-6 (T13/1410D), 8.23 (PACKET) and 9.8; SFF-8020i. Packets: atapi-packets.ts.
 * Commands: PACKET (PIO and DMA), IDENTIFY PACKET DEVICE, DEVICE RESET, SET FEATURES (transfer mode), EXECUTE DEVICE DIAGNOSTIC, FLUSH CACHE,
 * power.
 *
 * Not here: overlapped commands, disc changes. What an ATA disk does (IDENTIFY DEVICE, READ SECTORS) shows the signature and
 * aborts.
 */
import { assert } from '../../../base/assert.ts';
import { hex } from '../../../base/hex.ts';
import type { DeviceState } from '../../device.ts';
import { copyFields, restoreFields } from '../../plain-state.ts';
import type { Medium } from '../medium.ts';
import { COMMAND } from './ata-commands.ts';
import { identifyCd } from './ata-identify.ts';
import { answerPacket, SENSE } from './atapi-packets.ts';
import { isThrough, nextWord, putWord } from './data-register.ts';
import type { IdeConnection, IdeDrive } from './ide-drive.ts';
import { ERROR, NOTHING, STATUS, setSignature, TASK_FILE, type TaskFile } from './task-file.ts';

const PACKET_BYTES = 12;
const AT_REST = STATUS.ready | STATUS.seek;
const DIAGNOSTICS_PASSED = 0x01;
/** Interrupt reason, in the count register: a packet is wanted, data for the host, the command is over. */
const [WANTS_PACKET, GIVES_DATA, IS_OVER] = [1, 2, 3];
/** In clocks of the PIT: until the first data, between blocks, for a command without data. */
const DELAY = { first: 128, next: 16, short: 16 } as const;
const LONGEST_BLOCK_BYTES = 0xfffe;

type Phase = 'rest' | 'done' | 'ata-done' | 'packet' | 'data' | 'dma' | 'identify';
const PHASES: readonly string[] = ['rest', 'done', 'ata-done', 'packet', 'data', 'dma', 'identify'];

type CdFields = TaskFile & {
  phase: string; // Phase
  bytes: Uint8Array; // in the data register
  position: number;
  reply: Uint8Array; // what the packet gives, but for sectors of the disc
  given: number; // bytes of the answer that have been through
  lba: number; // where the sectors of the answer begin
  sectors: number; // 0: the answer is `reply`
  usesDma: boolean;
  limit: number; // the guest's byte count
  senseKey: number;
  senseCode: number;
  transferMode: number;
};

const AFTER_RESET: CdFields = {
  ...TASK_FILE,
  error: DIAGNOSTICS_PASSED,
  phase: 'rest',
  bytes: NOTHING,
  position: 0,
  reply: NOTHING,
  given: 0,
  lba: 0,
  sectors: 0,
  usesDma: false,
  limit: 0,
  senseKey: 0,
  senseCode: 0,
  transferMode: 0x45, // ultra DMA 5
};
setSignature(AFTER_RESET, true);
/** As firmware leaves it that has looked for a disc: the drive is ready, and its registers are empty. */
const POWER_ON: CdFields = { ...AFTER_RESET, count: 0, low: 0, mid: 0, high: 0, error: 0, status: AT_REST };

export interface AtapiCdOptions {
  readonly number: number; // 1-4, for its serial number
  readonly medium: Medium | undefined; // the disc
  readonly connection: IdeConnection;
}

export class AtapiCd implements IdeDrive {
  readonly isPacketDevice = true;
  readonly #options: AtapiCdOptions;
  #fields = copyFields(POWER_ON);

  constructor(options: AtapiCdOptions) {
    this.#options = options;
  }

  get taskFile(): TaskFile {
    return this.#fields;
  }

  reset(): void {
    this.#fields = copyFields(POWER_ON);
  }

  softReset(): void {
    const { transferMode, device } = this.#fields;
    this.#fields = { ...copyFields(AFTER_RESET), transferMode, device };
    setSignature(this.#fields, true);
  }

  save(): DeviceState {
    return copyFields(this.#fields);
  }

  load(state: DeviceState): void {
    this.#fields = restoreFields(POWER_ON, state);
    assert(PHASES.includes(this.#fields.phase), `a saved CD drive is in phase ${this.#fields.phase}`);
  }

  execute(command: number): void {
    const cd = this.#fields;
    cd.error = 0;
    cd.status = AT_REST;
    cd.phase = 'rest';
    switch (command) {
      case COMMAND.packet:
        this.#askForPacket();
        return;
      case COMMAND.identifyPacketDevice:
        this.#offer(identifyCd(this.#options.number, cd.transferMode), 'identify');
        return;
      case COMMAND.deviceReset:
        this.softReset();
        return;
      case COMMAND.diagnostic:
        this.softReset();
        this.#busy('ata-done', DELAY.short);
        cd.error = DIAGNOSTICS_PASSED;
        return;
      case COMMAND.setFeatures:
        if ((cd.feature & 0xff) === 3) cd.transferMode = cd.count & 0xff;
        this.#busy('ata-done', DELAY.short);
        return;
      case COMMAND.checkPower:
        cd.count = 0xff;
        this.#busy('ata-done', DELAY.short);
        return;
      default:
        if (WITHOUT_EFFECT.has(command)) this.#busy('ata-done', DELAY.short);
        else this.#refuse(command);
    }
  }

  proceed(): void {
    switch (this.#fields.phase as Phase) {
      case 'done':
        this.#end(IS_OVER);
        return;
      case 'ata-done':
        this.#end(undefined);
        return;
      case 'data':
        this.#offerBlock();
        return;
      case 'dma':
        this.#offerDma();
        return;
      default: // waits for the guest
    }
  }

  #offerDma(): void {
    const cd = this.#fields;
    cd.phase = 'dma';
    cd.status = AT_REST | STATUS.request;
    cd.count = GIVES_DATA;
    this.noteDmaStart();
  }

  noteDmaStart(): void {
    const cd = this.#fields;
    const { dma } = this.#options.connection;
    if (cd.phase !== 'dma' || (cd.status & STATUS.request) === 0 || !dma.isStarted) return;
    const bytes = this.#answer(0, this.#answerBytes());
    if (dma.store(bytes) < bytes.length) {
      cd.phase = 'rest';
      cd.status = AT_REST;
      return;
    }
    dma.finish();
    this.#end(IS_OVER);
  }

  readData(): number {
    const cd = this.#fields;
    const isGiving = cd.phase === 'data' || cd.phase === 'identify';
    if ((cd.status & STATUS.request) === 0 || !isGiving || isThrough(cd)) return 0;
    const word = nextWord(cd);
    if (!isThrough(cd)) return word;
    cd.given += cd.bytes.length;
    const wasIdentify = cd.phase === 'identify';
    this.#drop();
    if (wasIdentify) {
      cd.phase = 'rest';
      cd.status = AT_REST;
    } else this.#goOn();
    return word;
  }

  writeData(word: number): void {
    const cd = this.#fields;
    if (cd.phase !== 'packet' || (cd.status & STATUS.request) === 0) return;
    putWord(cd, word);
    if (!isThrough(cd)) return;
    const packet = cd.bytes;
    this.#drop();
    this.#perform(packet);
  }

  /**
   * Only a sector of the disc takes time. What is left of one, other answers and the end come at once, as with QEMU:
   * there are drivers that look twice and give up, and some read a sector in one go though they asked for less at a time.
   */
  #goOn(): void {
    const cd = this.#fields;
    if (cd.given >= this.#answerBytes()) this.#end(IS_OVER);
    else if (cd.sectors > 0 && cd.given % this.#disc.sectorBytes === 0) this.#busy('data', DELAY.next);
    else this.#offerBlock();
  }

  #askForPacket(): void {
    const cd = this.#fields;
    const limit = ((cd.high & 0xff) << 8) | (cd.mid & 0xff);
    cd.limit = limit === 0 || limit === 0xffff ? LONGEST_BLOCK_BYTES : limit;
    cd.usesDma = (cd.feature & 1) !== 0;
    cd.bytes = new Uint8Array(PACKET_BYTES);
    cd.position = 0;
    cd.phase = 'packet';
    cd.status = AT_REST | STATUS.request;
    cd.count = WANTS_PACKET;
  }

  #perform(packet: Uint8Array): void {
    const cd = this.#fields;
    const answer = answerPacket(packet, this.#options.medium, [cd.senseKey, cd.senseCode]);
    cd.given = 0;
    cd.sectors = 0;
    cd.reply = NOTHING;
    [cd.senseKey, cd.senseCode] = answer.kind === 'error' ? answer.sense : SENSE.none;
    if (answer.kind === 'read') {
      cd.lba = answer.lba;
      cd.sectors = answer.sectors;
    }
    if (answer.kind === 'error' && answer.sense === SENSE.illegalCommand) {
      this.#options.connection.noteUnhandled(`packet ${hex(packet[0], 2)}`);
    }
    if (answer.kind === 'data') cd.reply = answer.bytes;
    if (answer.kind === 'done' || answer.kind === 'error') this.#end(IS_OVER);
    else if (answer.kind === 'read') this.#busy(cd.usesDma ? 'dma' : 'data', DELAY.first);
    else if (cd.usesDma) this.#offerDma();
    else this.#offerBlock();
  }

  get #disc(): Medium {
    const { medium } = this.#options;
    assert(medium !== undefined, 'sectors of a disc that is not there');
    return medium;
  }

  #answerBytes(): number {
    const { sectors, reply } = this.#fields;
    return sectors === 0 ? reply.length : sectors * this.#disc.sectorBytes;
  }

  /** A part of the answer. */
  #answer(first: number, length: number): Uint8Array {
    const { sectors, reply, lba } = this.#fields;
    if (sectors === 0) return reply.slice(first, first + length);
    const medium = this.#disc;
    const within = first % medium.sectorBytes;
    const count = Math.ceil((within + length) / medium.sectorBytes);
    return medium.readMany(lba + Math.floor(first / medium.sectorBytes), count).slice(within, within + length);
  }

  /** As much as the guest's byte count allows: an even number but at the end. */
  #offerBlock(): void {
    const cd = this.#fields;
    const left = this.#answerBytes() - cd.given;
    const length = left <= cd.limit ? left : Math.max(cd.limit & ~1, 2);
    cd.mid = length & 0xff;
    cd.high = length >> 8;
    cd.count = GIVES_DATA;
    this.#offer(this.#answer(cd.given, length), 'data');
  }

  #offer(bytes: Uint8Array, phase: 'data' | 'identify'): void {
    const cd = this.#fields;
    cd.bytes = bytes;
    cd.position = 0;
    cd.phase = phase;
    cd.status = AT_REST | STATUS.request;
    this.#options.connection.raiseInterrupt();
  }

  #drop(): void {
    this.#fields.bytes = NOTHING;
    this.#fields.position = 0;
  }

  #busy(phase: Phase, pitClocks: number): void {
    this.#fields.phase = phase;
    this.#fields.status = STATUS.busy;
    this.#options.connection.proceedAfter(pitClocks);
  }

  /** A packet that was refused shows its sense key; REQUEST SENSE tells more. */
  #end(reason: number | undefined): void {
    const cd = this.#fields;
    cd.phase = 'rest';
    cd.status = AT_REST;
    if (reason !== undefined) {
      cd.count = reason;
      cd.error = cd.senseKey << 4;
      if (cd.senseKey !== 0) cd.status = STATUS.ready | STATUS.error;
    }
    this.#options.connection.raiseInterrupt();
  }

  #refuse(command: number): void {
    const cd = this.#fields;
    if (command === COMMAND.identifyDevice || command === 0x20) setSignature(cd, true);
    cd.error = ERROR.abort;
    cd.status = STATUS.ready | STATUS.error;
    this.#options.connection.raiseInterrupt();
  }
}

/** FLUSH CACHE, STANDBY, IDLE, SLEEP. */
const WITHOUT_EFFECT = new Set([0xe7, 0xe0, 0xe1, 0xe2, 0xe3, 0xe6, 0x94, 0x95, 0x96, 0x97, 0x99]);
