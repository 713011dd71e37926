import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type EngineName, OperatingError } from '../../emulator/index.ts';
import { TraceError } from '../../traces/index.ts';
import { type Cause, compareTraces, type Verdict } from '../compare/index.ts';
import type { Project } from '../config/load-config.ts';
import type { GoldenStore } from '../golden/store.ts';
import { makeRunView } from '../lenses/index.ts';
import type { ScenarioOutcome } from '../report/gate-outcome.ts';
import type { ScenarioFile } from '../scenario/find-scenarios.ts';
import { loadScenario } from '../scenario/load-scenario.ts';
import type { UnmetWait } from '../scenario/unmet-wait.ts';
import { SymbolsError } from '../symbols/index.ts';
import type { BootFiles } from './boot-files.ts';
import { describeUnmet } from './describe-unmet.ts';
import { openWholeTrace } from './open-trace.ts';
import { recordToFile } from './record-scenario.ts';
import { writePictures } from './screen-pictures.ts';
import { viewConfigOf } from './view-config.ts';

export interface JudgeOptions {
  readonly project: Project;
  readonly boot: BootFiles;
  readonly engine: EngineName;
  readonly store: GoldenStore;
  readonly report: string; // the folder for traces and pictures
  readonly shownFrom?: string; // paths of pictures are shown relative to this folder; default absolute
  readonly onProgress?: (scenario: string, icount: number) => void;
}

const REPORT_FILE = /^actual\.msgpack$|-(actual|expected|difference)\.png$/;

/**
 * Runs one scenario and compares it with its golden. What is wrong with a scenario or its golden is an outcome of kind
 * 'error', so that the other scenarios are judged too.
 */
export async function judge(file: ScenarioFile, options: JudgeOptions): Promise<ScenarioOutcome> {
  try {
    return await judgeOrThrow(file, options);
  } catch (error) {
    const isExpected = error instanceof OperatingError || error instanceof TraceError || error instanceof SymbolsError;
    if (!isExpected) throw error;
    return { kind: 'error', scenario: file.name, message: error.message };
  }
}

async function judgeOrThrow(file: ScenarioFile, options: JudgeOptions): Promise<ScenarioOutcome> {
  const { project, boot, engine, store } = options;
  const scenario = file.name;
  const folder = join(options.report, scenario);
  removeOldReport(folder);
  const tracePath = join(folder, 'actual.msgpack');
  const onProgress = (icount: number): void => options.onProgress?.(scenario, icount);
  const definition = await loadScenario(file);
  const { unmet } = await recordToFile(project, boot, definition, tracePath, { engine, onProgress });
  if (!store.has(scenario)) return { kind: 'no-golden', scenario };
  const golden = openWholeTrace(store.traceFile(scenario)).reader;
  const actual = openWholeTrace(tracePath).reader;
  const view = viewConfigOf(project.config, definition);
  const levels = { ...project.config.levels, ...definition.levels };
  const compared = compareTraces(makeRunView(golden, view), makeRunView(actual, view), { levels });
  const verdict = unmet === undefined ? compared : withUnmet(compared, unmet);
  const screens =
    verdict.kind === 'same' ? [] : writePictures({ folder, shownFrom: options.shownFrom }, golden, actual);
  return { kind: 'judged', scenario, verdict, screens };
}

/** A wait that wasn't met is the last thing that went differently: no golden has one. */
function withUnmet(verdict: Verdict, unmet: UnmetWait): Verdict {
  const cause: Cause = {
    paragraph: `end: ${describeUnmet(unmet).replaceAll('\n', '\n  ')}`,
    lens: 'traps',
    differences: [],
    followers: 0,
    at: { icount: unmet.icount, eip: unmet.registers.eip, callers: [] },
  };
  const causes = verdict.kind === 'same' ? [] : verdict.causes;
  return { kind: 'differs', causes: [...causes, cause], masked: verdict.masked, known: verdict.known };
}

/** Removes what an earlier gate left, and nothing else. */
function removeOldReport(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (REPORT_FILE.test(name)) rmSync(join(folder, name), { force: true });
  }
}
