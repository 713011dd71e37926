import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import {
  type ByteSink,
  ChunkAssembly,
  EncoderMemory,
  type EventChunk,
  type RowRange,
  type TraceBackend,
  type TraceEnd,
  type WriteColumns,
} from '../../../traces/index.ts';
import { hostError } from '../files/host-error.ts';
import { assembleSlot } from './ring-slots.ts';
import { RING_STATUS, type RingMemory, type RowBatch, RowRing } from './row-ring.ts';

/** A file that two threads write to, one after the other. */
export interface SharedFile extends ByteSink {
  readonly path: string;
  readonly descriptor: number;
}

/** What the thread begins with. */
export interface TraceThread {
  readonly descriptor: number;
  readonly memory: EncoderMemory['wasm'];
  readonly ring: RingMemory;
  readonly port: MessagePort;
}

/** What goes beside the ring, in its order; before all of it the state of the assembly. */
export type TraceMessage =
  | { readonly kind: 'events'; readonly chunk: EventChunk }
  | { readonly kind: 'end'; readonly end: TraceEnd };

/** What the thread says before it fails. */
export interface ThreadFailure {
  readonly message: string;
  readonly code: string | undefined;
  readonly syscall: string | undefined;
}

/** So many writes make it worth starting a thread. */
const WORTH_STARTING = 1 << 18;

/** Whether this gilt has a file that another thread can run; from source it hasn't. */
export function canAssembleInThread(): boolean {
  return import.meta.url.endsWith('.js');
}

const WORKER = new URL('./trace-worker.js', import.meta.url);

/**
 * Goes on with an assembly in another thread, once there is so much that it pays: encoding, compression and the writing of the
 * file. A thread takes as long to come up as many rows take to be encoded; until it has, they wait in the ring, and this thread
 * encodes what that has no room for. The bytes are the same. Errors: OperatingError for the file.
 */
export class ThreadedAssembly implements TraceBackend {
  readonly #begun: ChunkAssembly;
  readonly #file: SharedFile;
  readonly #memory = EncoderMemory.newShared();
  readonly #ring = new RowRing(this.#memory.batches);
  readonly #breaks: number[] = [];
  readonly #messages: TraceMessage[] = []; // that the thread doesn't have yet
  #worker: Worker | undefined;
  #port: MessagePort | undefined;
  #hasBegun = false; // the other thread
  #writes = 0;

  constructor(begun: ChunkAssembly, file: SharedFile) {
    this.#begun = new ChunkAssembly(file, begun.state, this.#memory);
    this.#file = file;
  }

  rows(columns: WriteColumns, ranges: readonly RowRange[]): void {
    this.#writes += columns.count;
    for (let row = 0; row < columns.count; ) row = this.#put({ columns, ranges }, row, false);
    if (this.#worker === undefined && this.#writes >= WORTH_STARTING) this.#start();
  }

  eventAfter(writes: number): void {
    if (this.#breaks.at(-1) !== writes) this.#breaks.push(writes);
  }

  events(chunk: EventChunk): void {
    this.#send({ kind: 'events', chunk });
  }

  close(end: TraceEnd): void {
    this.#send({ kind: 'end', end });
    if (this.#hasBegun) {
      this.#ring.waitForEnd();
      this.#checkFailure();
    } else {
      while (!this.#assembleHere());
    }
    this.#forget();
  }

  /** Ends the thread when the recording doesn't come to its end; it writes nothing afterwards. */
  stop(): void {
    if (this.#hasBegun && this.#ring.status === RING_STATUS.working) {
      this.#ring.status = RING_STATUS.stopping;
      this.#ring.waitForEnd();
    }
    this.#forget();
  }

  #start(): void {
    const { port1, port2 } = new MessageChannel();
    const workerData: TraceThread = {
      descriptor: this.#file.descriptor,
      memory: this.#memory.wasm,
      ring: this.#ring.memory,
      port: port2,
    };
    this.#worker = new Worker(WORKER, { workerData, transferList: [port2] });
    this.#worker.unref();
    port1.unref();
    this.#port = port1;
  }

  #letBegin(): void {
    this.#hasBegun = true;
    this.#port?.postMessage(this.#begun.state);
    for (const message of this.#messages.splice(0)) this.#post(message);
    this.#ring.begin();
  }

  #send(message: TraceMessage): void {
    while (this.#breaks.length > 0) this.#put(undefined, 0, false);
    if (this.#hasBegun) this.#post(message);
    else this.#messages.push(message);
    this.#put(undefined, 0, true);
  }

  #post(message: TraceMessage): void {
    const columns = message.kind === 'events' ? Object.values(message.chunk.columns) : [];
    this.#port?.postMessage(
      message,
      columns.map(({ buffer }) => buffer as ArrayBuffer),
    );
  }

  #put(rows: RowBatch | undefined, from: number, hasMessage: boolean): number {
    if (!this.#hasBegun && this.#ring.isReady) this.#letBegin();
    if (this.#hasBegun) this.#ring.waitForRoom();
    else if (this.#ring.isFull) this.#assembleHere();
    this.#checkFailure();
    return this.#ring.put(this.#breaks, rows, from, hasMessage);
  }

  /** Empties a slot of the ring in this thread. Whether it was the last of the recording. */
  #assembleHere(): boolean {
    const slot = this.#ring.take();
    return slot === undefined || assembleSlot(slot, this.#ring, this.#begun, () => this.#messages.shift());
  }

  #checkFailure(): void {
    if (this.#ring.status !== RING_STATUS.failed || this.#port === undefined) return;
    const failure: ThreadFailure | undefined = receiveMessageOnPort(this.#port)?.message;
    this.#forget();
    const { message = 'the thread that writes the trace failed', code, syscall } = failure ?? {};
    throw hostError(this.#file.path, Object.assign(new Error(message), code === undefined ? {} : { code, syscall }));
  }

  #forget(): void {
    void this.#worker?.terminate();
    this.#port?.close();
    this.#worker = undefined;
    this.#port = undefined;
  }
}
