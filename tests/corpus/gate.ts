import { join } from 'node:path';
import type { MaskConfig } from '../../harness/config/config.ts';
import { loadProject, type Project } from '../../harness/config/load-config.ts';
import { bless } from '../../harness/gate/bless.ts';
import { judge } from '../../harness/gate/judge.ts';
import { GoldenStore } from '../../harness/golden/store.ts';
import type { LensName } from '../../harness/lenses/fact.ts';
import { gateExitCode, type ScenarioOutcome } from '../../harness/report/gate-outcome.ts';
import { type BootFiles, loadBootFiles } from '../../harness/run/files/boot-files.ts';
import { selectScenarios } from '../../harness/scenario/find-scenarios.ts';
import { type GuestName, guestOf } from './guests.ts';

/** One kernel to gate. Plain data: it goes to another process. */
export interface GateJob {
  readonly guest: GuestName;
  readonly image: string;
  readonly symbols: string;
  readonly masks: readonly MaskConfig[];
  readonly isBase: boolean; // bless it, so that the others have a golden
}

/** A cause of a scenario that differs, in the order in which the gate prints them. */
export interface ToldCause {
  readonly scenario: string;
  readonly lens: LensName;
  readonly paragraph: string;
}

/** What the gate said. `exitCode` as in `gilt gate`; `errors` are scenarios that could not be judged. */
export interface GateResult {
  readonly exitCode: 0 | 1 | 2;
  readonly causes: readonly ToldCause[];
  readonly errors: readonly string[];
}

/** Gates a kernel against the goldens in `folder`, or makes them. */
export async function gate(job: GateJob, folder: string): Promise<GateResult> {
  const project = await projectOf(job, folder);
  const boot = loadBootFiles(job);
  if (job.isBase) await blessBase(project, boot);
  const store = new GoldenStore(project.golden, true);
  const outcomes: ScenarioOutcome[] = [];
  for (const file of selectScenarios(project.scenarios, [])) {
    outcomes.push(await judge(file, { project, boot, engine: 'forms', store, report: project.report }));
  }
  return { exitCode: gateExitCode(outcomes), causes: outcomes.flatMap(causesOf), errors: outcomes.flatMap(errorsOf) };
}

async function projectOf({ guest, masks }: GateJob, folder: string): Promise<Project> {
  const project = await loadProject(guestOf(guest).config);
  return {
    ...project,
    folder: join(folder, guest), // both guests have a scenario "boot", and are blessed side by side
    config: { ...project.config, masks: [...(project.config.masks ?? []), ...masks] },
    golden: join(folder, 'golden', guest),
    report: join(folder, 'report', String(process.pid)),
  };
}

async function blessBase(project: Project, boot: BootFiles): Promise<void> {
  const store = new GoldenStore(project.golden, false);
  for (const file of selectScenarios(project.scenarios, [])) {
    await bless(file, { project, boot, engine: 'forms', store });
  }
}

function causesOf(outcome: ScenarioOutcome): readonly ToldCause[] {
  if (outcome.kind !== 'judged' || outcome.verdict.kind === 'same') return [];
  const { scenario, verdict } = outcome;
  return verdict.causes.map(({ lens, paragraph }) => ({ scenario, lens, paragraph }));
}

function errorsOf(outcome: ScenarioOutcome): readonly string[] {
  return outcome.kind === 'error' ? [`${outcome.scenario}: ${outcome.message}`] : [];
}
