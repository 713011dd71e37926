import { statSync } from 'node:fs';
import { OperatingError } from '../../emulator/index.ts';
import { memorySource, openTrace } from '../../traces/index.ts';
import type { GiltConfig } from '../config/config.ts';
import { sizeText } from '../golden/sizes.ts';
import type { GoldenContent } from '../golden/store.ts';
import { summaryOf } from '../golden/summary.ts';
import { makeRunView } from '../lenses/index.ts';
import { digestTrace } from '../run/regenerate.ts';
import { replay } from '../run/replay.ts';
import { screenPictures } from '../run/screen-pictures.ts';
import { type NamedTrace, openWholeTrace } from '../run/trace/open-trace.ts';
import { viewConfigOf } from '../run/view-config.ts';

const CAP_BYTES = 1024 * 1024;

/**
 * What a finished recording becomes as a golden. Errors: OperatingError, also for a trace above the cap that remains
 * there without its writes; TraceError, SymbolsError.
 */
export async function goldenContent(traceFile: string, config: GiltConfig): Promise<GoldenContent> {
  const trace = await cappedTrace(traceFile, config.goldenCapBytes ?? CAP_BYTES);
  return {
    trace,
    pictures: screenPictures(openWholeTrace(traceFile).reader),
    summary: summaryOfRun(traceFile, config),
  };
}

/** summary.txt of a recording. Errors: OperatingError, TraceError, SymbolsError. */
export function summaryOfRun(traceFile: string, config: GiltConfig): string {
  return summaryOf(makeRunView(openWholeTrace(traceFile).reader, viewConfigOf(config)));
}

/** Above the cap digests stand for the writes, which can be made again: that is tried before anyone relies on it. */
async function cappedTrace(traceFile: string, capBytes: number): Promise<string | Uint8Array> {
  if (statSync(traceFile).size <= capBytes) return traceFile;
  const digests = digestTrace(traceFile);
  const trace = { name: traceFile, reader: openTrace(memorySource(digests, traceFile)) };
  if (digests.length > capBytes) throw tooLarge(trace, digests.length, capBytes);
  const verdict = await replay(trace, { engine: 'forms' });
  if (verdict.kind === 'same') return digests;
  throw new OperatingError(traceFile, 'does not run again as it was recorded, so its writes cannot be left out');
}

function tooLarge({ reader: { header } }: NamedTrace, sizeBytes: number, capBytes: number): OperatingError {
  const files = header.files.map((file) => `${file.name} (${sizeText(file.sizeBytes)} before compression)`).join(', ');
  const size = `the golden would take ${sizeText(sizeBytes)}, above the cap of ${sizeText(capBytes)}, even with digests for its writes`;
  const advice = `it carries ${files}; make those or the run smaller, or raise goldenCapBytes in gilt.config.ts`;
  return new OperatingError(header.scenario, `${size}; ${advice}`);
}
