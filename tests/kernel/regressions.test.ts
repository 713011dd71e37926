import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadProject, type Project } from '../../harness/config/load-config.ts';
import { judge } from '../../harness/gate/judge.ts';
import { GoldenStore } from '../../harness/golden/store.ts';
import { gateExitCode, type ScenarioOutcome } from '../../harness/report/gate-outcome.ts';
import { renderGate } from '../../harness/report/terminal.ts';
import { loadBootFiles } from '../../harness/run/files/boot-files.ts';
import { selectScenarios } from '../../harness/scenario/find-scenarios.ts';
import { ROOT } from '../repo/source-files.ts';

const FOLDER = join(ROOT, 'kernel/regressions');

interface Regression {
  readonly name: string;
  readonly functions: readonly string[]; // any of them is a right answer
}

const regressions: readonly Regression[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.patch'))
  .map((file) => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const named = /^Function: (.+)$/m.exec(text)?.[1] ?? '';
    return { name: file.replace('.patch', ''), functions: named.split(',').map((each) => each.trim()) };
  });

let project: Project;
let report: string;

beforeAll(async () => {
  project = await loadProject(ROOT);
  report = mkdtempSync(join(tmpdir(), 'gilt-regressions-'));
});

afterAll(() => rmSync(report, { recursive: true }));

/** The outcomes of the scenarios, up to and including the first that is `enough`. */
async function gate(
  image: string,
  symbols: string,
  enough: (outcome: ScenarioOutcome) => boolean,
): Promise<readonly ScenarioOutcome[]> {
  const boot = loadBootFiles({ image, symbols });
  const store = new GoldenStore(project.golden, true);
  const outcomes: ScenarioOutcome[] = [];
  for (const file of selectScenarios(project.scenarios, [])) {
    const outcome = await judge(file, { project, boot, engine: 'blocks', store, report });
    outcomes.push(outcome);
    if (enough(outcome)) break;
  }
  return outcomes;
}

function paragraphsOf(outcome: ScenarioOutcome): readonly string[] {
  return outcome.kind === 'judged' && outcome.verdict.kind === 'differs'
    ? outcome.verdict.causes.map((cause) => cause.paragraph)
    : [];
}

describe('each regression of the kernel', () => {
  test('there are the four flaws of the original and at least 16 others', () => {
    expect(regressions.filter(({ name }) => name.startsWith('flaw-'))).toHaveLength(4);
    expect(regressions.length).toBeGreaterThanOrEqual(20);
  });

  test.each(regressions)('$name makes the gate exit with 1 and name the function', async ({ name, functions }) => {
    const built = join(FOLDER, 'built', name);
    const isNamed = (outcome: ScenarioOutcome): boolean =>
      paragraphsOf(outcome).some((paragraph) => functions.some((each) => new RegExp(`\\b${each}\\b`).test(paragraph)));
    const outcomes = await gate(`${built}.img`, `${built}.elf`, isNamed); // what follows couldn't make it better
    const text = renderGate(outcomes, { useColor: false });
    expect(gateExitCode(outcomes), text).toBe(1);
    expect(outcomes.some(isNamed), `no paragraph names ${functions.join(' or ')}:\n${text}`).toBe(true);
  });

  test('the kernel without a patch is the same as its goldens', async () => {
    const outcomes = await gate(project.image, project.symbols ?? '', () => false);
    expect(gateExitCode(outcomes), renderGate(outcomes, { useColor: false })).toBe(0);
  });
});
