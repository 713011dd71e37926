import { OperatingError } from '../../emulator/index.ts';
import { Field } from '../config/field.ts';
import { loadModule } from '../config/load-module.ts';
import { parseLevels, parseMasks } from '../config/parse-config.ts';
import { parseMachine } from '../config/parse-machine.ts';
import type { ScenarioFile } from './find-scenarios.ts';
import type { Scenario, ScenarioDefinition } from './scenario.ts';

/** Loads a scenario file and checks what it exports. Errors: OperatingError naming file and field. */
export async function loadScenario(scenarioFile: ScenarioFile): Promise<Scenario> {
  const { value, positionOf } = await loadModule(scenarioFile.file);
  return parseScenario(scenarioFile, value, positionOf);
}

/** Checks what a scenario file exports, however it was loaded. Errors: OperatingError naming file and field. */
export function parseScenario(
  { name, file }: ScenarioFile,
  value: unknown,
  positionOf: Scenario['positionOf'],
): Scenario {
  const field = new Field(file, '', value).object(['description', 'machine', 'levels', 'masks', 'run']);
  const run = field.at('run').value;
  if (!isRun(run)) throw new OperatingError(file, 'run must be a function: `run: async (driver) => { ... }`');
  const [machine, levels, masks] = [field.at('machine'), field.at('levels'), field.at('masks')];
  return {
    name,
    file,
    description: field.at('description').string('a sentence'),
    ...(machine.isAbsent() ? {} : { machine: parseMachine(machine) }),
    ...(levels.isAbsent() ? {} : { levels: parseLevels(levels) }),
    ...(masks.isAbsent() ? {} : { masks: parseMasks(masks) }),
    run,
    positionOf,
  };
}

function isRun(value: unknown): value is ScenarioDefinition['run'] {
  return typeof value === 'function';
}
