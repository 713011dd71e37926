import { OperatingError } from '../../../emulator/index.ts';
import { openTrace, type TraceReader } from '../../../traces/index.ts';
import { FileSource } from '../files/file-source.ts';

/** A trace and what messages call it. */
export interface NamedTrace {
  readonly name: string;
  readonly reader: TraceReader;
}

/** Opens a trace file, which may be cut off at its end. Errors: OperatingError, TraceError. */
export function openTraceFile(path: string): NamedTrace {
  return { name: path, reader: openTrace(new FileSource(path)) };
}

/** Opens a trace that has to be complete and undamaged. Errors: OperatingError for a truncated one, TraceError. */
export function openWholeTrace(path: string): NamedTrace {
  const trace = openTraceFile(path);
  const { truncation } = trace.reader;
  if (truncation === undefined) {
    trace.reader.verify(); // a comparison that digests settle early would not see damage
    return trace;
  }
  throw new OperatingError(`${path}, byte ${truncation.atByte}`, `${truncation.message}; a complete trace is needed`);
}
