import { hex } from '../../../emulator/index.ts';
import type { AllocatorConfig } from '../../config/config.ts';
import type { Driver } from '../../driver/driver.ts';
import { type Allocator, completeAllocator } from '../../lenses/allocations/allocators.ts';
import type { AllocatorKind } from '../../lenses/view-config.ts';
import { describeStop } from '../../run/describe/describe-unmet.ts';
import { UnmetWaitError } from '../../scenario/unmet-wait.ts';
import { AllocatorFlaw } from './allocator-flaw.ts';

const CALL_LIMIT = 2_000_000; // instructions; an allocator takes some hundreds

/** A function by its name, or as in `allocators` of gilt.config.ts when its arguments are other than usual. */
export type AllocatorFunction = string | AllocatorConfig;

/** The functions of one allocator. `alloc` may be one that hands out page frames. */
export interface AllocatorFunctions {
  readonly alloc: AllocatorFunction; // (bytes) -> address
  readonly calloc?: AllocatorFunction; // (count, bytes) -> address
  readonly realloc?: AllocatorFunction; // (address, bytes) -> address
  readonly free?: AllocatorFunction; // (address)
}

/** What a call is about; which argument is which is the function's matter. */
interface Request {
  readonly bytes?: number;
  readonly count?: number;
  readonly pointer?: number;
}

const USUAL_ARGS: Readonly<Record<AllocatorKind, number>> = {
  alloc: 1,
  calloc: 2,
  realloc: 2,
  free: 1,
  frames: 0,
  'free-frames': 1,
};

/** One function of the guest, callable. */
export class AllocatorCall {
  readonly allocator: Allocator;
  readonly #args: number;
  readonly #convention: AllocatorConfig['convention'];

  constructor(kind: AllocatorKind, described: AllocatorFunction) {
    const config = typeof described === 'string' ? { name: described, args: USUAL_ARGS[kind] } : described;
    this.allocator = completeAllocator({ kind, ...config });
    this.#args = config.args;
    this.#convention = config.convention;
  }

  /** The bytes that every block has, when the function takes no size. */
  get fixedBytes(): number | undefined {
    const { size, count, frameBytes } = this.allocator;
    return size === undefined && count === undefined ? frameBytes : undefined;
  }

  text(request: Request): string {
    const { name, pointer } = this.allocator;
    const args = this.#arguments(request).map((arg, index) => (index === pointer ? hex(arg) : String(arg)));
    return `${name}(${args.join(', ')})`;
  }

  /** Gives EAX. Errors: AllocatorFlaw when the call doesn't come back. */
  async call(driver: Driver, request: Request): Promise<number> {
    const options = {
      limit: CALL_LIMIT,
      ...(this.#convention === undefined ? {} : { convention: this.#convention }),
    };
    const begin = driver.icount;
    try {
      const outcome = await driver.callWith(options, this.allocator.name, ...this.#arguments(request));
      if (outcome.kind === 'returned') return outcome.eax;
      const exception = driver.exceptions().find(({ icount }) => icount >= begin);
      const by = exception === undefined ? '' : `; exception ${exception.vector} in ${exception.place}`;
      throw new AllocatorFlaw('returns', `${this.text(request)} never returned: ${describeStop(outcome.reason)}${by}`);
    } catch (error) {
      if (!(error instanceof UnmetWaitError)) throw error;
      const within = `within ${CALL_LIMIT} instructions; it was in ${error.wait.place}`;
      throw new AllocatorFlaw('returns', `${this.text(request)} did not return ${within}`);
    }
  }

  #arguments({ bytes = 0, count = 1, pointer = 0 }: Request): readonly number[] {
    const places = this.allocator;
    const args = new Array<number>(this.#args).fill(0);
    if (places.size !== undefined) args[places.size] = bytes;
    if (places.count !== undefined) args[places.count] = count;
    if (places.pointer !== undefined) args[places.pointer] = pointer;
    return args;
  }
}
