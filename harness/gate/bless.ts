import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type EngineName, OperatingError } from '../../emulator/index.ts';
import type { Project } from '../config/load-config.ts';
import type { GoldenStore } from '../golden/store.ts';
import { describeUnmet } from '../run/describe/describe-unmet.ts';
import type { BootFiles } from '../run/files/boot-files.ts';
import { recordToFile } from '../run/record-scenario.ts';
import type { ScenarioFile } from '../scenario/find-scenarios.ts';
import { loadScenario } from '../scenario/load-scenario.ts';
import { goldenContent } from './golden-content.ts';

export interface BlessOptions {
  readonly project: Project;
  readonly boot: BootFiles;
  readonly engine: EngineName;
  readonly store: GoldenStore;
  readonly onProgress?: (scenario: string, icount: number) => void;
}

/** What a blessing did. `removed` are files in the old golden that weren't gilt's. */
export interface Blessing {
  readonly scenario: string;
  readonly removed: readonly string[];
  readonly hasDigests: boolean; // in the place of its writes, which would be above the cap
}

/** Runs a scenario and makes that its golden. A run with a wait that isn't met is refused. Errors: OperatingError. */
export async function bless(file: ScenarioFile, options: BlessOptions): Promise<Blessing> {
  const { project, boot, engine, store } = options;
  const scenario = file.name;
  const traceFile = join(project.folder, '.gilt/bless', `${scenario}.msgpack`);
  const onProgress = (icount: number): void => options.onProgress?.(scenario, icount);
  try {
    const { unmet } = await recordToFile(project, boot, await loadScenario(file), traceFile, { engine, onProgress });
    if (unmet !== undefined) throw new OperatingError(file.file, `not blessed: ${describeUnmet(unmet)}`);
    const content = await goldenContent(traceFile, project.config);
    const removed = store.unknownFiles(scenario, [...content.pictures.keys()]);
    store.replace(scenario, content);
    return { scenario, removed, hasDigests: typeof content.trace !== 'string' };
  } finally {
    rmSync(traceFile, { force: true });
  }
}
