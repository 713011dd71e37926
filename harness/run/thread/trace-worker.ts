import { writeSync } from 'node:fs';
import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import { type AssemblyState, type ByteSink, ChunkAssembly, EncoderMemory } from '../../../traces/index.ts';
import { assembleSlot } from './ring-slots.ts';
import { RING_STATUS, RowRing } from './row-ring.ts';
import type { ThreadFailure, TraceMessage, TraceThread } from './threaded-assembly.ts';

// The program of the thread that encodes, compresses and writes a recording.
const { descriptor, memory, ring: ringMemory, port }: TraceThread = workerData;
const encoder = new EncoderMemory(memory);
const ring = new RowRing(encoder.batches, ringMemory);

const sink: ByteSink = {
  write: (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      if (ring.status === RING_STATUS.stopping) return;
      at += writeSync(descriptor, bytes, at);
    }
  },
};

try {
  ring.waitForBegin();
  const state: AssemblyState = receiveMessageOnPort(port)?.message;
  ring.status = assemble(new ChunkAssembly(sink, state, encoder)) ? RING_STATUS.done : RING_STATUS.stopped;
} catch (error) {
  port.postMessage(failureOf(error));
  ring.status = RING_STATUS.failed;
}

/** Whether the recording came to its end. */
function assemble(assembly: ChunkAssembly): boolean {
  const nextMessage = (): TraceMessage | undefined => receiveMessageOnPort(port)?.message;
  for (let slot = ring.take(); slot !== undefined; slot = ring.take()) {
    if (assembleSlot(slot, ring, assembly, nextMessage)) return true;
  }
  return false;
}

function failureOf(error: unknown): ThreadFailure {
  const { message, code, syscall } = error as { message?: string; code?: string; syscall?: string };
  return { message: message ?? String(error), code, syscall };
}
