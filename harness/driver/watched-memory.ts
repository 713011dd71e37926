import type { Machine, RunOptions } from '../../emulator/index.ts';

const TEXT_MEMORY = { start: 0xb8000, end: 0xc0000 };
const PAGE_BYTES = 4096;
const CRTC_PORTS: readonly number[] = [0x3d4, 0x3d5];

/** The memory that a predicate looked at, so that it needs to be asked again only when that changes. */
export class WatchedMemory {
  readonly #machine: Pick<Machine, 'physicalOf'>;
  readonly #words = new Set<number>(); // physical addresses divided by 4
  #readsScreen = false;

  constructor(machine: Pick<Machine, 'physicalOf'>) {
    this.#machine = machine;
  }

  get isEmpty(): boolean {
    return this.#words.size === 0;
  }

  noteRead(linear: number, length: number): void {
    for (let at = linear; at < linear + length; ) {
      const end = Math.min(linear + length, (Math.floor(at / PAGE_BYTES) + 1) * PAGE_BYTES);
      const physical = this.#machine.physicalOf(at);
      if (physical !== undefined) this.#add(physical, physical + end - at);
      at = end;
    }
  }

  noteScreen(): void {
    this.#readsScreen = true;
    this.#add(TEXT_MEMORY.start, TEXT_MEMORY.end);
  }

  /** A store into that memory, a change of what is mapped where, or of what of the text memory is shown. */
  get stops(): Pick<RunOptions, 'stopOnStore' | 'stopOn'> {
    const words = this.#words;
    const readsScreen = this.#readsScreen;
    return {
      stopOnStore: (physical, sizeBytes) => {
        for (let word = physical >>> 2; word <= (physical + sizeBytes - 1) >>> 2; word++) {
          if (words.has(word)) return true;
        }
        return false;
      },
      stopOn: (event) =>
        event.kind === 'control' ||
        event.kind === 'invlpg' ||
        (readsScreen && event.kind === 'port-write' && CRTC_PORTS.includes(event.port)),
    };
  }

  #add(start: number, end: number): void {
    for (let word = start >>> 2; word <= (end - 1) >>> 2; word++) this.#words.add(word);
  }
}
