import type { Project } from '../config/load-config.ts';
import { listScenarios } from '../scenario/find-scenarios.ts';
import type { GoldenStore } from './store.ts';

/** The goldens that no scenario file belongs to any more, sorted. Errors: OperatingError. */
export function staleGoldens({ scenarios }: Pick<Project, 'scenarios'>, store: GoldenStore): readonly string[] {
  const names = new Set(listScenarios(scenarios).map(({ name }) => name));
  return store.scenarios().filter((name) => !names.has(name));
}
