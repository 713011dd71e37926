import { OperatingError } from '../../emulator/index.ts';
import { Field } from '../config/field.ts';
import { loadModule } from '../config/load-module.ts';
import { parseMachine } from '../config/parse-config.ts';
import type { ScenarioFile } from './find-scenarios.ts';
import type { Scenario, ScenarioDefinition } from './scenario.ts';

/** Loads a scenario file and checks what it exports. Errors: OperatingError naming file and field. */
export async function loadScenario({ name, file }: ScenarioFile): Promise<Scenario> {
  const { value, positionOf } = await loadModule(file);
  const field = new Field(file, '', value).object(['description', 'machine', 'run']);
  const run = field.at('run').value;
  if (!isRun(run)) throw new OperatingError(file, 'run must be a function: `run: async (driver) => { ... }`');
  const machine = field.at('machine');
  return {
    name,
    file,
    description: field.at('description').string('a sentence'),
    ...(machine.isAbsent() ? {} : { machine: parseMachine(machine) }),
    run,
    positionOf,
  };
}

function isRun(value: unknown): value is ScenarioDefinition['run'] {
  return typeof value === 'function';
}
