import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type EngineName, OperatingError } from '../../emulator/index.ts';
import { TraceError } from '../../traces/index.ts';
import type { ScenarioOutcome } from '../report/gate-outcome.ts';
import type { BootFiles } from '../run/files/boot-files.ts';
import { recordToFile } from '../run/record-scenario.ts';
import type { ScenarioFile } from '../scenario/find-scenarios.ts';
import { loadScenario } from '../scenario/load-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { SymbolsError } from '../symbols/index.ts';
import { actualTrace, type JudgePlace, judgeTrace } from './judge-trace.ts';
import { presentAllocators } from './present-allocators.ts';

export interface JudgeOptions extends JudgePlace {
  readonly boot: BootFiles;
  readonly engine: EngineName;
  readonly report: string; // the folder for traces and pictures
  readonly onProgress?: (scenario: string, icount: number) => void;
}

const REPORT_FILE = /^(actual|golden)\.msgpack$|^pending\.json$|-(actual|expected|difference)\.png$/;

/**
 * Runs one scenario and compares it with its golden. What is wrong with a scenario or its golden is an outcome of kind
 * 'error', so that the other scenarios are judged too.
 */
export async function judge(file: ScenarioFile, options: JudgeOptions): Promise<ScenarioOutcome> {
  try {
    emptyFolder(options.report, file.name);
    return await judgeScenario(await loadScenario(file), options);
  } catch (error) {
    const isExpected = error instanceof OperatingError || error instanceof TraceError || error instanceof SymbolsError;
    if (!isExpected) throw error;
    return { kind: 'error', scenario: file.name, message: error.message };
  }
}

/** As `judge`, of a scenario that is loaded; what is wrong is thrown. Errors: OperatingError, TraceError, SymbolsError. */
export async function judgeScenario(definition: Scenario, options: JudgeOptions): Promise<ScenarioOutcome> {
  const { project, boot, store, engine, onProgress } = options;
  const { name } = definition;
  const folder = emptyFolder(options.report, name);
  const allocators = presentAllocators(project.config.allocators ?? [], boot, store, name);
  const watched = { config: { ...project.config, allocators } };
  const { unmet, busyTicks } = await recordToFile(watched, boot, definition, actualTrace(folder), {
    engine,
    onProgress: (icount) => onProgress?.(name, icount),
  });
  const outcome = await judgeTrace({ name, folder, definition, unmet }, options);
  return outcome.kind === 'judged' && busyTicks > 0 ? { ...outcome, busyTicks } : outcome;
}

/** The folder of a run in a report folder, without what an earlier gate left in it. */
export function emptyFolder(report: string, name: string): string {
  const folder = join(report, name);
  if (!existsSync(folder)) return folder;
  for (const file of readdirSync(folder)) {
    if (REPORT_FILE.test(file)) rmSync(join(folder, file), { force: true });
  }
  return folder;
}
