import { OperatingError } from '../base/errors.ts';
import { endOf, type Load } from './load.ts';

const PAGE_BYTES = 4096;
const HOLE = { start: 0xa0000, end: 0x100000 } as const; // video memory and ROM
/** Where the tables of a boot loader go: below 640 KiB, out of the way of what firmware and boot sectors use. */
const TABLE_AREAS = [0x9000, 0x20000, 0x80000];
export const TABLE_AREA_BYTES = 0x8000;

/** Finds room in memory around a kernel. What doesn't fit is an OperatingError naming the kernel. */
export class Layout {
  readonly #name: string;
  readonly #memoryBytes: number;
  readonly #kernel: readonly Load[];
  readonly #loads: Load[];
  #end: number; // of what lies above 1 MiB

  constructor(name: string, memoryBytes: number, kernel: readonly Load[]) {
    this.#name = name;
    this.#memoryBytes = memoryBytes;
    this.#kernel = kernel;
    this.#loads = [...kernel];
    for (const load of kernel) this.#requireRoom(load);
    this.#end = Math.max(HOLE.end, ...kernel.map(endOf));
  }

  get loads(): readonly Load[] {
    return this.#loads;
  }

  /** An area of TABLE_AREA_BYTES below 640 KiB that the kernel leaves free. */
  tableArea(): number {
    const isFree = (area: number): boolean =>
      this.#kernel.every((load) => endOf(load) <= area || load.physical >= area + TABLE_AREA_BYTES);
    return TABLE_AREAS.find(isFree) ?? this.#reject('it leaves no room below 640 KiB for the boot information');
  }

  /** Puts bytes at a place of the caller's choice. */
  put(physical: number, bytes: Uint8Array): void {
    this.#loads.push({ physical, bytes, sizeBytes: bytes.length });
  }

  /** Puts bytes behind all that lies above 1 MiB, on a page of their own or on a multiple of 16; gives where. */
  append(bytes: Uint8Array, place: 'page' | 'anywhere'): number {
    const physical = this.reserve(bytes.length, place);
    this.put(physical, bytes);
    return physical;
  }

  /** The same for bytes that aren't known yet. */
  reserve(sizeBytes: number, place: 'page' | 'anywhere'): number {
    const unit = place === 'page' ? PAGE_BYTES : 16;
    const physical = Math.ceil(this.#end / unit) * unit;
    this.#requireRoom({ physical, sizeBytes });
    this.#end = physical + sizeBytes;
    return physical;
  }

  #requireRoom(load: Pick<Load, 'physical' | 'sizeBytes'>): void {
    const place = `0x${load.physical.toString(16)} to 0x${endOf(load).toString(16)}`;
    if (endOf(load) > this.#memoryBytes) {
      this.#reject(`it needs memory at ${place}, and there are ${this.#memoryBytes / 1024 / 1024} MiB of RAM`);
    }
    if (load.physical < HOLE.end && endOf(load) > HOLE.start) {
      this.#reject(`it belongs at ${place}, where video memory and ROM are`);
    }
  }

  #reject(problem: string): never {
    throw new OperatingError(this.#name, problem);
  }
}
