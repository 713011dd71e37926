import { hasTrack, lbaOf, SECTOR_SIZE_CODE } from './floppy-place.ts';
import { type FloppyState, NOTHING_PENDING } from './floppy-state.ts';
import { ABNORMAL, EQUIPMENT, NO_ADDRESS_MARK, NOT_WRITABLE, SEEK_END } from './floppy-status.ts';

const SECTOR_BYTES = 512;
const [STEP_PIT_CLOCKS, SETTLE_PIT_CLOCKS] = [16, 32];

/** Of a drive without a diskette, as QEMU has it. */
const NO_LAST_SECTOR = 0xff;

/** Status register 3: of a drive, whatever it does. */
export function driveStatus({ drives, fields }: FloppyState, selection: number): number {
  const number = selection & 3;
  const isAtFirst = fields.cylinders[number] === 0;
  const isProtected = drives[number]?.medium.isReadOnly ?? number === 0; // no diskette in drive A, no drive B
  return 0x28 | (isAtFirst ? 0x10 : 0) | (isProtected ? 0x40 : 0) | (selection & 7);
}

/** The ten bytes of DUMPREG. */
export function dumpedRegisters({ drives, fields }: FloppyState): readonly number[] {
  const { cylinders, specified, lastSector, perpendicular, configuration, precompensation, isLocked } = fields;
  const lock = (isLocked ? 0x80 : 0) | ((perpendicular & 0x1f) << 2);
  const last = drives[0] === undefined ? NO_LAST_SECTOR : lastSector;
  return [...cylinders, ...specified, last, lock, configuration, precompensation];
}

export function senseInterrupt(state: FloppyState): void {
  const { pending, cylinders } = state.fields;
  const drive = pending.findIndex((status) => status !== NOTHING_PENDING);
  if (drive < 0) {
    state.answer([0x80]);
    return;
  }
  state.setPending(drive, NOTHING_PENDING);
  state.setInterrupt(false);
  state.answer([pending[drive], cylinders[drive]]);
}

export function beginSeek(state: FloppyState, cylinder: number): void {
  const { fields, selection } = state;
  const steps = Math.abs(fields.cylinders[selection] - cylinder);
  state.moveHeads(selection, cylinder);
  state.proceedAfter(SETTLE_PIT_CLOCKS + steps * STEP_PIT_CLOCKS);
}

/** Bit 6 of the command is the direction: inwards, to higher cylinders. */
export function beginRelativeSeek(state: FloppyState, steps: number): void {
  const { fields, selection } = state;
  const from = fields.cylinders[selection];
  beginSeek(state, Math.max((fields.command & 0x40) === 0 ? from - steps : from + steps, 0));
}

export function endSeek(state: FloppyState): void {
  const { selection: drive, drives, fields } = state;
  const isThere = drives[drive] !== undefined || drive === 0;
  const trouble = isThere || fields.command !== 0x07 ? 0 : EQUIPMENT | ABNORMAL;
  state.setPending(drive, SEEK_END | trouble | drive);
  state.end();
  state.setInterrupt(true);
}

export function readId(state: FloppyState): void {
  const { fields, selected, place } = state;
  const [selection] = fields.parameters;
  const head = (selection >> 2) & 1;
  // QEMU compares rates alone, and a drive without a diskette has that of 500 kb/s.
  const isEmpty = selected === undefined && fields.rate === 0;
  const isThere = isEmpty || hasTrack(selected, fields.rate, { ...place, head });
  const status = [(isThere ? 0 : ABNORMAL) | (selection & 7), isThere ? 0 : NO_ADDRESS_MARK, 0];
  state.answer([...status, place.cylinder, head, 1, SECTOR_SIZE_CODE]);
  state.setInterrupt(true);
}

/** Four bytes for each sector come by DMA (C, H, R, N); each sector named is filled. */
export function formatTrack(state: FloppyState): void {
  const { fields: fdc, selected: drive, dma } = state;
  const [selection, size, sectors, , filler] = fdc.parameters;
  fdc.head = (selection >> 2) & 1;
  const fits = drive !== undefined && size === SECTOR_SIZE_CODE && !drive.medium.isReadOnly;
  const names = dma.fetch(sectors * 4);
  for (let index = 0; fits && index + 4 <= names.length; index += 4) {
    fdc.sector = names[index + 2];
    const { cylinder, head, sector } = state.place;
    const isOnTrack = sector >= 1 && sector <= drive.format.sectorsPerTrack && head < drive.format.heads;
    const isOnDisk = isOnTrack && cylinder < drive.format.cylinders;
    if (isOnDisk) drive.medium.write(lbaOf(drive, state.place), new Uint8Array(SECTOR_BYTES).fill(filler));
  }
  const status = fits ? [selection & 7, 0, 0] : [ABNORMAL | (selection & 7), NOT_WRITABLE, 0];
  state.answer([...status, state.place.cylinder, fdc.head, 1, size]);
  state.setInterrupt(true);
}
