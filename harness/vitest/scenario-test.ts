import { describe, type ExpectStatic, expect, test } from 'vitest';
import { judgeScenario } from '../gate/judge.ts';
import { staleGoldens } from '../golden/stale.ts';
import { isSame, type ScenarioOutcome } from '../report/gate-outcome.ts';
import { loadBootFiles } from '../run/files/boot-files.ts';
import { parseScenario } from '../scenario/load-scenario.ts';
import { blessRun } from './bless-run.ts';
import { GoldenError, outcomeError, plainError } from './golden-error.ts';
import { isUpdate } from './is-update.ts';
import { scenarioGoldens, testProject } from './test-project.ts';

/** A scenario file as vitest loaded it. */
export interface ScenarioModule {
  readonly name: string;
  readonly file: string;
  readonly definition: unknown; // its default export
  readonly isFirst: boolean; // of all scenarios: it also looks for goldens without a scenario
}

// A guest runs as long as its scenario lets it: the limits are in instructions.
const NO_TIMEOUT = { timeout: 0 };

/** Makes a test of a scenario file, which calls this at its end; not where another file only imports it. */
export function testScenario(module: ScenarioModule): void {
  if (expect.getState().testPath !== module.file) return;
  test(module.name, NO_TIMEOUT, async (context) => {
    const outcome = await runScenario(module, context.expect).catch((error: unknown) => {
      throw plainError(error);
    });
    if (!isSame(outcome)) throw outcomeError(outcome);
  });
  if (module.isFirst) {
    describe('golden', () => {
      test('every golden has its scenario', (context) => checkStale(context.expect));
    });
  }
}

async function runScenario({ name, file, definition }: ScenarioModule, expect: ExpectStatic): Promise<ScenarioOutcome> {
  const project = await testProject();
  const scenario = parseScenario({ name, file }, definition, () => undefined);
  const store = scenarioGoldens(project);
  const options = { project, boot: loadBootFiles(project), engine: 'forms', store, report: project.report } as const;
  const outcome = await judgeScenario(scenario, { ...options, shownFrom: project.folder }).catch((error: unknown) => {
    // What the scenario itself threw, an assertion for one, says more than the sentence around it.
    throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
  });
  return isSame(outcome) || !isUpdate(expect) ? outcome : blessRun({ project, store, report: project.report }, name);
}

async function checkStale(expect: ExpectStatic): Promise<void> {
  const project = await testProject();
  const store = scenarioGoldens(project);
  const stale = staleGoldens(project, store);
  if (isUpdate(expect)) for (const name of stale) store.remove(name);
  else if (stale.length > 0) {
    throw new GoldenError(`goldens without a scenario: ${stale.join(', ')}; -u removes them`);
  }
}
