import { type ByteSink, type EmbeddedFile, type TraceHeader, TraceWriter } from '../../../traces/index.ts';
import { OutputFile } from '../files/output-file.ts';
import { canAssembleInThread, ThreadedAssembly } from './threaded-assembly.ts';

/** A writer, and what ends its thread if the recording doesn't come to its end. */
export interface StoppableWriter {
  readonly writer: TraceWriter;
  readonly stop: () => void;
}

/** A writer into a sink; into a file, another thread does most of the work where there is much of it. */
export function traceWriter(
  sink: ByteSink,
  header: Omit<TraceHeader, 'files'>,
  files: readonly EmbeddedFile[],
): StoppableWriter {
  const threaded: ThreadedAssembly[] = [];
  const writer = new TraceWriter(sink, header, files, (begun) => {
    if (!(sink instanceof OutputFile) || !canAssembleInThread()) return begun;
    threaded.push(new ThreadedAssembly(begun, sink));
    return threaded[0];
  });
  return { writer, stop: () => threaded[0]?.stop() };
}
