import type { EngineName } from '../../emulator/index.ts';
import { type ByteSink, memorySink, memorySource, openTrace } from '../../traces/index.ts';
import type { Project } from '../config/load-config.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { BootFiles } from './files/boot-files.ts';
import { OutputFile } from './files/output-file.ts';
import { requireRegions } from './machine-spec.ts';
import { type Recording, record } from './record.ts';
import { setUp } from './set-up.ts';
import type { NamedTrace } from './trace/open-trace.ts';

export interface RecordScenarioOptions {
  readonly engine: EngineName;
  readonly onProgress?: (icount: number) => void;
}

/** Records a scenario into the file `path`, which appears when it is complete. Errors: OperatingError. */
export async function recordToFile(
  project: Pick<Project, 'config'>,
  boot: BootFiles,
  scenario: Scenario,
  path: string,
  options: RecordScenarioOptions,
): Promise<Recording> {
  const file = new OutputFile(path);
  try {
    const recording = await recordInto(file, project, boot, scenario, options);
    file.commit();
    return recording;
  } finally {
    file.discard();
  }
}

/** A recording that stays in memory. */
export interface MemoryRecording {
  readonly recording: Recording;
  readonly trace: NamedTrace;
  readonly bytes: Uint8Array;
}

/** Records a scenario in memory. Errors: OperatingError. */
export async function recordInMemory(
  project: Pick<Project, 'config'>,
  boot: BootFiles,
  scenario: Scenario,
  options: RecordScenarioOptions,
): Promise<MemoryRecording> {
  const sink = memorySink();
  const recording = await recordInto(sink, project, boot, scenario, options);
  const bytes = sink.bytes();
  const { name } = scenario;
  return { recording, bytes, trace: { name, reader: openTrace(memorySource(bytes, name)) } };
}

function recordInto(
  sink: ByteSink,
  { config }: Pick<Project, 'config'>,
  boot: BootFiles,
  scenario: Scenario,
  options: RecordScenarioOptions,
): Promise<Recording> {
  requireRegions(boot, config.regions ?? []);
  const machine = setUp(boot, config.allocators ?? [], [config.machine, scenario.machine]);
  return record({ ...options, ...machine, scenario }, sink);
}
