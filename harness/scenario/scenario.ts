import type { LensLevels, MachineChoice, MaskConfig } from '../config/config.ts';
import type { Driver } from '../driver/driver.ts';

/** What a `*.scenario.ts` file exports by default. The scenario's name is the file's name without `.scenario.ts`. */
export interface ScenarioDefinition {
  readonly description: string; // one sentence: what the run is about
  readonly machine?: MachineChoice; // laid over the machine of gilt.config.ts
  readonly levels?: LensLevels; // laid over the levels of gilt.config.ts
  readonly masks?: readonly MaskConfig[]; // besides those of gilt.config.ts
  readonly run: (driver: Driver) => Promise<void>;
}

/** A scenario that was loaded from a file. */
export interface Scenario extends ScenarioDefinition {
  readonly name: string;
  readonly file: string;
  readonly positionOf: (error: Error) => string | undefined; // file and line where its code threw
}

/** Gives a scenario file its types. */
export function defineScenario(definition: ScenarioDefinition): ScenarioDefinition {
  return definition;
}
