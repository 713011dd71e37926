import { OperatingError } from '../../emulator/index.ts';
import type { TextScreen } from '../../traces/index.ts';
import { describeUnmet } from '../run/describe/describe-unmet.ts';
import { loadBootFiles } from '../run/files/boot-files.ts';
import { recordInMemory } from '../run/record-scenario.ts';
import { capturedScreens } from '../run/screen-pictures.ts';
import { parseScenario } from '../scenario/load-scenario.ts';
import type { ScenarioDefinition } from '../scenario/scenario.ts';

/** A finished run, made for the matchers. */
export interface TestRecording {
  readonly bytes: Uint8Array; // the trace
  readonly definition: Pick<ScenarioDefinition, 'levels' | 'masks'>;
  /** The screen that the run captured under this name. Errors: OperatingError if there is none. */
  readonly screen: (name: string) => TextScreen;
}

/** Runs the project's kernel in a test. Errors: OperatingError for a wait that isn't met; what the run itself throws. */
export async function record(definition: ScenarioDefinition): Promise<TestRecording> {
  const { testProject } = await import('./test-project.ts');
  const project = await testProject();
  const scenario = parseScenario({ name: 'test', file: 'the recording' }, definition, () => undefined);
  const made = await recordInMemory(project, loadBootFiles(project), scenario, { engine: 'forms' });
  const { bytes, recording, trace } = made;
  if (recording.unmet !== undefined) throw new OperatingError('record', describeUnmet(recording.unmet));
  const screens = capturedScreens(trace.reader);
  return {
    bytes,
    definition: scenario,
    screen: (name) => {
      const screen = screens.get(name);
      if (screen !== undefined) return screen;
      throw new OperatingError(
        'record',
        `no screen ${JSON.stringify(name)}; there is ${[...screens.keys()].join(', ')}`,
      );
    },
  };
}
