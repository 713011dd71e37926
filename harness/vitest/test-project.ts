import { join } from 'node:path';
import { inject } from 'vitest';
import { isCi } from '../commands/host.ts';
import { loadProject, type Project } from '../config/load-config.ts';
import { GoldenStore } from '../golden/store.ts';

declare module 'vitest' {
  interface ProvidedContext {
    giltFolder: string;
  }
}

// Hidden from scenarios, whose names begin with a letter or digit.
const TESTS = '_tests';

/** The project that the plugin found. */
export function testProject(): Promise<Project> {
  return loadProject(inject('giltFolder'));
}

/** The goldens of scenarios. */
export function scenarioGoldens({ golden }: Project): GoldenStore {
  return new GoldenStore(golden, isCi({ env: process.env }));
}

/** The goldens of matchers, and where runs are left that aren't like them. */
export function matcherPlace(project: Project): { readonly store: GoldenStore; readonly report: string } {
  const store = new GoldenStore(join(project.golden, TESTS), isCi({ env: process.env }));
  return { store, report: join(project.report, TESTS) };
}
