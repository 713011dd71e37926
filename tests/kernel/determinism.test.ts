import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EngineName } from '../../emulator/index.ts';
import { loadProject } from '../../harness/config/load-config.ts';
import { loadBootFiles } from '../../harness/run/files/boot-files.ts';
import { recordToFile } from '../../harness/run/record-scenario.ts';
import { selectScenarios } from '../../harness/scenario/find-scenarios.ts';
import { loadScenario } from '../../harness/scenario/load-scenario.ts';
import { ROOT } from '../repo/source-files.ts';

const project = await loadProject(ROOT);

test.each(selectScenarios(project.scenarios, []))(
  '$name is recorded with the same bytes every time, by every engine',
  async (file) => {
    const folder = mkdtempSync(join(tmpdir(), 'gilt-determinism-'));
    const record = async (name: string, engine: EngineName): Promise<Buffer> => {
      const path = join(folder, name);
      await recordToFile(project, loadBootFiles(project), await loadScenario(file), path, { engine });
      return readFileSync(path);
    };
    const first = await record('first', 'forms');
    expect((await record('second', 'forms')).equals(first)).toBe(true);
    expect((await record('oracle', 'oracle')).equals(first)).toBe(true);
    expect((await record('blocks', 'blocks')).equals(first)).toBe(true);
    rmSync(folder, { recursive: true });
  },
);
