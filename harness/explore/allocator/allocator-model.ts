import { hex } from '../../../emulator/index.ts';
import type { RegionConfig } from '../../config/config.ts';
import type { Driver } from '../../driver/driver.ts';
import { AllocatorCall, type AllocatorFunctions } from './allocator-calls.ts';
import { ALLOCATOR_RULES, AllocatorFlaw, type AllocatorRule } from './allocator-flaw.ts';
import { fillBlock, firstChange, firstNonZero, type LiveBlock } from './live-block.ts';

const MOST_BLOCKS = 4096; // of an allocator that never says no

export interface AllocatorModelOptions extends AllocatorFunctions {
  readonly driver: Driver;
  readonly alignment?: number; // bytes that every result is a multiple of; default: not checked
  readonly regions?: readonly RegionConfig[]; // blocks must lie in the one that the first block lies in
  readonly rules?: readonly AllocatorRule[]; // default all
}

/** Calls a guest's allocator and holds each result against a small model of what allocators promise. */
export class AllocatorModel {
  readonly #options: AllocatorModelOptions;
  readonly #driver: Driver;
  readonly #alloc: AllocatorCall;
  readonly #calloc: AllocatorCall | undefined;
  readonly #realloc: AllocatorCall | undefined;
  readonly #free: AllocatorCall | undefined;
  readonly #rules: readonly AllocatorRule[];
  readonly #live: LiveBlock[] = [];
  readonly #log: string[] = [];
  #region: { readonly name: string; readonly start: number; readonly end: number } | undefined;
  #ids = 0;
  #calls = 0;
  #granted = 0; // bytes of the largest block ever given
  #addressBits = 0; // that are set in any address

  constructor(options: AllocatorModelOptions) {
    const { driver, alloc, calloc, realloc, free } = options;
    this.#options = options;
    this.#driver = driver;
    const isFrames = typeof alloc !== 'string' && alloc.kind === 'frames';
    this.#alloc = new AllocatorCall('alloc', alloc);
    this.#calloc = calloc === undefined ? undefined : new AllocatorCall('calloc', calloc);
    this.#realloc = realloc === undefined ? undefined : new AllocatorCall('realloc', realloc);
    this.#free = free === undefined ? undefined : new AllocatorCall(isFrames ? 'free-frames' : 'free', free);
    this.#rules = options.rules ?? ALLOCATOR_RULES;
  }

  /** The blocks that are in use, in the order in which they were given out. */
  get live(): readonly LiveBlock[] {
    return this.#live;
  }

  /** What was called and what came of it, a line each. */
  get log(): readonly string[] {
    return this.#log;
  }

  get calls(): number {
    return this.#calls;
  }

  /** The bits that are set in any address so far. */
  get addressBits(): number {
    return this.#addressBits;
  }

  /** `bytes` of memory. Gives the block's number; undefined when the guest has none. */
  async alloc(bytes: number): Promise<number | undefined> {
    return this.#allocate(bytes, true);
  }

  /** `count` times `bytes`, zeroed. */
  async calloc(count: number, bytes: number): Promise<number | undefined> {
    const calloc = this.#calloc ?? misused('calloc');
    const request = { count, bytes };
    const address = await this.#call(calloc, request);
    const text = calloc.text(request);
    const block = this.#adopt(calloc, text, address, count * bytes);
    if (block === undefined) return this.#verify(text);
    const offset = this.#checks('zeroed') ? firstNonZero(this.#driver, block) : undefined;
    if (offset !== undefined) throw new AllocatorFlaw('zeroed', `${text}: byte ${offset} of it is not 0`);
    this.#own(block, text);
    return this.#verify(text, block.id);
  }

  /** Another size for block `id`, whose first bytes stay. On failure it is as it was. */
  async realloc(id: number, bytes: number): Promise<number | undefined> {
    const realloc = this.#realloc ?? misused('realloc');
    const old = this.#take(id);
    const request = { pointer: old.address, bytes };
    const address = await this.#call(realloc, request);
    const text = realloc.text(request);
    if (address === realloc.allocator.failure) {
      this.#live.push(old);
      return this.#verify(text);
    }
    const block = this.#adopt(realloc, text, address, bytes);
    if (block === undefined) return this.#verify(text);
    this.#requireKept(text, old, { ...old, address }, Math.min(old.bytes, bytes));
    this.#own(block, text);
    return this.#verify(text, block.id);
  }

  async free(id: number): Promise<void> {
    const free = this.#free ?? misused('free');
    const { address: pointer } = this.#take(id);
    await this.#call(free, { pointer });
    this.#verify(free.text({ pointer }));
  }

  /** Frees everything; then the largest block there was must be there again. */
  async freeAll(): Promise<void> {
    if (this.#free === undefined) return;
    for (const { id } of [...this.#live]) await this.free(id);
    if (!this.#checks('reuse') || this.#granted === 0) return;
    const again = await this.alloc(this.#granted);
    if (again === undefined) {
      const text = `${this.#alloc.text({ bytes: this.#granted })} fails with nothing in use`;
      throw new AllocatorFlaw('reuse', `${text}, though it gave as much before`);
    }
    await this.free(again);
  }

  /** Takes blocks of `bytes` until there are no more, frees them and takes as many again. Gives how many there were. */
  async exhaust(bytes: number): Promise<number> {
    const first = await this.#takeAll(bytes);
    if (this.#free === undefined) return first;
    await this.#inShort(async () => {
      for (const { id } of scattered(this.#live)) await this.free(id);
    });
    if (!this.#checks('reuse')) return first;
    const second = await this.#takeAll(bytes);
    if (second < first) {
      const text = this.#alloc.text({ bytes });
      throw new AllocatorFlaw('reuse', `${text} gave ${first} blocks, and after all were freed ${second}`);
    }
    return first;
  }

  async #takeAll(bytes: number): Promise<number> {
    const text = this.#alloc.text({ bytes });
    const count = await this.#inShort(() => this.#countBlocks(bytes));
    this.#verify(text);
    if (count < MOST_BLOCKS || !this.#checks('exhaustion')) return count;
    throw new AllocatorFlaw('exhaustion', `${text} was given ${count} times and never refused`);
  }

  /** Leaves of the many like calls of `action` the first and the last in the log. */
  async #inShort<Result>(action: () => Promise<Result>): Promise<Result> {
    const start = this.#log.length;
    return action().finally(() => {
      const more = this.#log.length - start - 2;
      if (more > 1) this.#log.splice(start + 1, more, `... ${more} more calls like this`);
    });
  }

  async #countBlocks(bytes: number): Promise<number> {
    for (let count = 0; count < MOST_BLOCKS; count++) {
      if ((await this.#allocate(bytes, false)) === undefined) return count;
    }
    return MOST_BLOCKS;
  }

  async #allocate(bytes: number, isVerified: boolean): Promise<number | undefined> {
    const size = this.#alloc.fixedBytes ?? bytes;
    const request = { bytes: size };
    const address = await this.#call(this.#alloc, request);
    const text = this.#alloc.text(request);
    const block = this.#adopt(this.#alloc, text, address, size);
    if (block !== undefined) this.#own(block, text);
    if (isVerified) this.#verify(text, block?.id);
    return block?.id;
  }

  async #call(call: AllocatorCall, request: Parameters<AllocatorCall['call']>[1]): Promise<number> {
    this.#calls++;
    const line = this.#log.push(call.text(request)) - 1;
    const result = await call.call(this.#driver, request);
    const gives = call === this.#free ? '' : result === call.allocator.failure ? ' fails' : ` = ${hex(result)}`;
    this.#log[line] += gives;
    return result;
  }

  /** A result as a block, if it may be one; undefined when it says that there is no memory. */
  #adopt(call: AllocatorCall, text: string, address: number, bytes: number): LiveBlock | undefined {
    if (address === call.allocator.failure) return undefined;
    this.#addressBits |= address;
    const { alignment = 1 } = this.#options;
    const given = `${text} = ${hex(address)}`;
    if (this.#checks('alignment') && address % alignment !== 0) {
      throw new AllocatorFlaw('alignment', `${given} is not a multiple of ${alignment}`);
    }
    this.#requireInRegion(given, address, bytes);
    const other = this.#live.find((each) => address < each.address + each.bytes && each.address < address + bytes);
    if (this.#checks('overlap') && other !== undefined) {
      const where = `the ${other.bytes} bytes at ${hex(other.address)}, which are in use`;
      throw new AllocatorFlaw('overlap', `${given} overlaps ${where}`);
    }
    return { id: this.#ids++, address, bytes };
  }

  #requireInRegion(given: string, address: number, bytes: number): void {
    this.#region ??= this.#regionOf(address);
    const region = this.#region;
    if (region === undefined || !this.#checks('bounds')) return;
    if (address >= region.start && address + bytes <= region.end) return;
    const range = `${region.name}, ${hex(region.start)} to ${hex(region.end)}`;
    throw new AllocatorFlaw('bounds', `${given}: the ${bytes} bytes do not lie in the region ${range}`);
  }

  #regionOf(address: number): { readonly name: string; readonly start: number; readonly end: number } | undefined {
    const regions = (this.#options.regions ?? []).map(({ name, start, end }) => {
      return { name, start: this.#bound(start), end: this.#bound(end) };
    });
    return regions.find(({ start, end }) => address >= start && address < end);
  }

  #bound(bound: RegionConfig['start']): number {
    if (typeof bound === 'number') return bound;
    const { symbol, offset = 0, align = 1 } = typeof bound === 'string' ? { symbol: bound } : bound;
    return Math.ceil((this.#driver.addressOf(symbol) + offset) / align) * align;
  }

  /** The block's user takes it and writes all of it. */
  #own(block: LiveBlock, text: string): void {
    this.#live.push(block);
    this.#granted = Math.max(this.#granted, block.bytes);
    if (fillBlock(this.#driver, block) || !this.#checks('bounds')) return;
    const range = `${hex(block.address)} to ${hex(block.address + block.bytes)}`;
    throw new AllocatorFlaw('bounds', `${text} = ${hex(block.address)}: not all of ${range} is mapped`);
  }

  #take(id: number): LiveBlock {
    const index = this.#live.findIndex((block) => block.id === id);
    if (index < 0) throw new Error(`block ${id} is not in use`);
    return this.#live.splice(index, 1)[0];
  }

  #requireKept(text: string, old: LiveBlock, moved: LiveBlock, bytes: number): void {
    const change = this.#checks('contents') ? firstChange(this.#driver, moved, bytes) : undefined;
    if (change === undefined) return;
    const { offset, expected, actual } = change;
    const what = `byte ${offset} of the ${old.bytes} it held was ${hex(expected, 2)} and is ${hex(actual, 2)}`;
    throw new AllocatorFlaw('contents', `${text}: ${what}`);
  }

  /** Looks at every block that somebody uses. */
  #verify(text: string, result?: number): number | undefined {
    if (!this.#checks('contents')) return result;
    for (const block of this.#live) {
      const change = firstChange(this.#driver, block);
      if (change === undefined) continue;
      const { offset, expected, actual } = change;
      const where = `byte ${offset} of the ${block.bytes} bytes at ${hex(block.address)}, which are in use`;
      throw new AllocatorFlaw('contents', `${text} changes ${where}: ${hex(expected, 2)} is ${hex(actual, 2)}`);
    }
    return result;
  }

  #checks(rule: AllocatorRule): boolean {
    return this.#rules.includes(rule);
  }
}

/** Every third one, then the others: neighbours are not freed one after the other. */
function scattered(blocks: readonly LiveBlock[]): readonly LiveBlock[] {
  return [0, 1, 2].flatMap((rest) => blocks.filter((_, index) => index % 3 === rest));
}

function misused(name: string): never {
  throw new Error(`the model was not given a function for ${name}`);
}
