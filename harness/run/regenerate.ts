import { OperatingError } from '../../emulator/index.ts';
import {
  type ByteSink,
  type EmbeddedFile,
  memorySink,
  memorySource,
  openTrace,
  writeDigestTrace,
} from '../../traces/index.ts';
import { FileSource } from './files/file-source.ts';
import { OutputFile } from './files/output-file.ts';
import { Replay } from './replay.ts';
import { sameValue } from './same-value.ts';
import { traceWriter } from './thread/trace-writer.ts';
import { type NamedTrace, openWholeTrace } from './trace/open-trace.ts';

/** The trace with all its writes: itself, or one in memory that was recorded anew. Errors: OperatingError, TraceError. */
export async function withWrites(trace: NamedTrace): Promise<NamedTrace> {
  if (trace.reader.hasWrites) return trace;
  const sink = memorySink();
  await runAgain(trace, sink);
  const source = memorySource(sink.bytes(), trace.name);
  const whole = { name: trace.name, reader: openTrace(source) };
  requireSame(trace, whole);
  return whole;
}

/** Records a digest trace anew into a file, with all its writes. Errors: OperatingError, TraceError. */
export async function regenerate(trace: NamedTrace, path: string): Promise<NamedTrace> {
  const file = new OutputFile(path);
  try {
    await runAgain(trace, file);
    file.commit();
  } finally {
    file.discard();
  }
  const whole = openWholeTrace(path);
  requireSame(trace, whole);
  return whole;
}

/** A trace file with all its writes: `path` itself, or for a digest trace `whole`, recorded anew. Errors as above. */
export async function fileWithWrites(path: string, whole: string): Promise<string> {
  const trace = openWholeTrace(path);
  if (!trace.reader.hasWrites) await regenerate(trace, whole);
  return trace.reader.hasWrites ? path : whole;
}

/** The digest trace of a recording. */
export function digestTrace(path: string): Uint8Array {
  const source = new FileSource(path);
  const sink = memorySink();
  try {
    writeDigestTrace(source, sink);
  } finally {
    source.close();
  }
  return sink.bytes();
}

async function runAgain(trace: NamedTrace, sink: ByteSink): Promise<void> {
  const { scenario, spec, generator } = trace.reader.header;
  const { writer, stop } = traceWriter(sink, { scenario, spec, generator }, filesOf(trace));
  try {
    const replay = new Replay(trace, 'forms', writer);
    await replay.advanceTo(Number.POSITIVE_INFINITY, undefined);
    if (replay.close() !== undefined) throw changed(trace);
    writer.close();
  } finally {
    stop();
  }
}

function filesOf({ reader }: NamedTrace): readonly EmbeddedFile[] {
  return reader.files().map(({ role, name, sha256 }, number) => {
    return { role, name, sha256, bytes: reader.fileBytes(number) };
  });
}

/** The digests prove that the writes are those that were left out. */
function requireSame(trace: NamedTrace, whole: NamedTrace): void {
  const expected = [...trace.reader.writeDigests()];
  const actual = [...whole.reader.writeDigests(expected.map(({ count }) => count))];
  if (!sameValue(expected, actual)) throw changed(trace);
}

function changed({ name, reader }: NamedTrace): OperatingError {
  const reason = `holds digests of its writes, and this gilt does not make the same ones (it was recorded by ${reader.header.generator})`;
  return new OperatingError(name, `${reason}; gate with that gilt, or bless again`);
}
