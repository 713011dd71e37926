import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { RunView } from '../run-view.ts';
import type { ViewConfig } from '../view-config.ts';
import type { PackedCalls } from './pack-calls.ts';
import type { PackedObservations } from './pack-observations.ts';

/** What a thread has found out, in this order. */
export type ThreadMessage =
  | { readonly kind: 'calls'; readonly packed: PackedCalls }
  | { readonly kind: 'observations'; readonly packed: PackedObservations };

/** What a thread is told. */
export interface ObservingWork {
  readonly path: string;
  readonly config: ViewConfig;
  readonly port: MessagePort; // for ThreadMessages
  readonly signal: Int32Array; // shared, see below
}

/** The fields of `signal`. */
export const [STATE, PROGRESS] = [0, 1];
/** The values of STATE. */
export const [AT_WORK, HAS_CALLS, DONE, FAILED] = [0, 1, 2, 3];

// Starting a thread takes longer than walking through a short run.
const WRITES_WORTH_A_THREAD = 1_000_000;
// What a thread may use for what it makes and forgets; more is no faster.
const YOUNG_MB = 24;
// A thread that has died says nothing. Far longer than a chunk of a trace takes, however busy the machine is.
const PATIENCE_MS = 30_000;

/** Another thread that walks through a trace file, while this one has other work. */
export class ObservingThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #signal: Int32Array;

  /** Undefined where it wouldn't pay, or can't be: from sources, or for a trace in memory. */
  static start({ reader, config }: RunView): ObservingThread | undefined {
    const { path } = reader;
    if (path === undefined || reader.counts.writes < WRITES_WORTH_A_THREAD || !canStart()) return undefined;
    return new ObservingThread(PROGRAM, path, config);
  }

  /** `program` is observe-worker, bundled. */
  constructor(program: URL, path: string, config: ViewConfig) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#signal = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
    const workerData: ObservingWork = { path, config, port: port2, signal: this.#signal };
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB };
    this.#worker = new Worker(program, { workerData, transferList: [port2], execArgv: [], resourceLimits });
    this.#worker.on('error', () => undefined); // `take` finds out
    this.#worker.unref();
    port1.unref();
  }

  /** Waits for the calls; undefined when the thread couldn't read them, for whatever reason. */
  takeCalls(patienceMs = PATIENCE_MS): PackedCalls | undefined {
    this.#wait([AT_WORK], patienceMs);
    const message = this.#receive();
    return message?.kind === 'calls' ? message.packed : undefined;
  }

  /** Waits for what was observed; undefined when the thread couldn't do it. Calls that nobody has taken are forgotten. */
  take(patienceMs = PATIENCE_MS): PackedObservations | undefined {
    const state = this.#wait([AT_WORK, HAS_CALLS], patienceMs);
    let message = state === DONE ? this.#receive() : undefined;
    if (message?.kind === 'calls') message = this.#receive();
    this.stop();
    return message?.kind === 'observations' ? message.packed : undefined;
  }

  /** Waits while the state is one of these and the thread gets on with it. */
  #wait(states: readonly number[], patienceMs: number): number {
    let state = Atomics.load(this.#signal, STATE);
    let before = { state: -1, progress: -1 };
    for (; states.includes(state); state = Atomics.load(this.#signal, STATE)) {
      const progress = Atomics.load(this.#signal, PROGRESS);
      if (state === before.state && progress === before.progress) break;
      before = { state, progress };
      Atomics.wait(this.#signal, STATE, state, patienceMs);
    }
    return state;
  }

  #receive(): ThreadMessage | undefined {
    return receiveMessageOnPort(this.#port)?.message;
  }

  stop(): void {
    this.#port.close();
    void this.#worker.terminate();
  }
}

// From source there is no file that another thread can run.
function canStart(): boolean {
  return import.meta.url.endsWith('.js');
}

const PROGRAM = new URL('./observe-worker.js', import.meta.url);
