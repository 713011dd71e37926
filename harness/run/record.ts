import { type EngineName, Machine, type MachineSpec, OperatingError } from '../../emulator/index.ts';
import type { ByteSink, PlainValue, StopReason } from '../../traces/index.ts';
import type { DrivenMachine } from '../driver/guest-runner.ts';
import { MachineDriver } from '../driver/machine-driver.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { scenarioError } from '../scenario/scenario-error.ts';
import { type UnmetWait, UnmetWaitError } from '../scenario/unmet-wait.ts';
import { GENERATOR } from '../version.ts';
import type { BootFiles } from './files/boot-files.ts';
import { traceWriter } from './thread/trace-writer.ts';

export interface RecordOptions {
  readonly scenario: Scenario;
  readonly boot: BootFiles;
  readonly spec: MachineSpec;
  readonly engine: EngineName;
  readonly onProgress?: (icount: number) => void;
}

/** A finished recording. `unmet` is the wait that ended the scenario before its time. */
export interface Recording {
  readonly icount: number;
  readonly writes: number;
  readonly events: number;
  readonly busyTicks: number; // timers that came to a guest at work, for it had worked for `busyLimit` instructions
  readonly unmet?: UnmetWait;
}

/**
 * Runs a scenario and writes the complete trace into `sink`. A guest that ends early or a wait that isn't met is part
 * of the recording. Errors: OperatingError for a scenario that is wrong in itself.
 */
export async function record(options: RecordOptions, sink: ByteSink): Promise<Recording> {
  const { scenario, boot, spec, engine, onProgress } = options;
  const header = { scenario: scenario.name, spec: plainSpec(spec), generator: GENERATOR };
  const { writer, stop } = traceWriter(sink, header, boot.files);
  const machine = new Machine(spec, boot.source, { engine, sink: writer });
  let unmet: UnmetWait | undefined;
  try {
    unmet = await playScenario(machine, { scenario, boot, ...(onProgress === undefined ? {} : { onProgress }) });
    writer.close();
  } finally {
    stop();
  }
  const { icount, busyTicks } = machine;
  const counts = { icount, writes: writer.writeCount, events: writer.eventCount, busyTicks };
  return unmet === undefined ? counts : { ...counts, unmet };
}

/**
 * Lets a scenario drive a machine and closes the machine's recording. Gives the wait that ended the scenario before its
 * time, if one did. Errors: OperatingError for a scenario that is wrong in itself.
 */
export async function playScenario(
  machine: DrivenMachine,
  { scenario, boot, onProgress }: Pick<RecordOptions, 'scenario' | 'boot' | 'onProgress'>,
): Promise<UnmetWait | undefined> {
  const driver = new MachineDriver({
    machine,
    symbols: boot.symbols,
    symbolsName: boot.symbolsName,
    scenarioFile: scenario.file,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  await play(scenario, driver);
  const { unmet } = driver;
  if (unmet !== undefined) machine.step(`waited for ${unmet.waitedFor} in vain`);
  machine.finish(machine.stopped ?? unmet?.ending ?? SCENARIO_ENDED);
  return unmet;
}

const SCENARIO_ENDED: StopReason = { kind: 'deadline' };

async function play(scenario: Scenario, driver: MachineDriver): Promise<void> {
  try {
    await scenario.run(driver);
  } catch (error) {
    if (error instanceof UnmetWaitError) return;
    throw scenarioError(scenario, error);
  }
  if (driver.operation !== undefined) {
    throw new OperatingError(scenario.file, `ended while ${driver.operation} is still running; is an await missing?`);
  }
}

/** A spec as a trace's header holds it. */
export function plainSpec({
  ramFill,
  date,
  probes,
  drives,
  ...plain
}: MachineSpec): Readonly<Record<string, PlainValue>> {
  const attached = drives === undefined ? {} : { drives: drives.map((drive) => ({ ...drive })) };
  const lists = { probes: probes.map((probe) => ({ ...probe })), ...attached };
  return { ...plain, ramFill: { ...ramFill }, date: { ...date }, ...lists };
}
