import { join, relative } from 'node:path';
import type { ExpectStatic, MatcherState } from 'vitest';
import { renderScreen } from '../../emulator/index.ts';
import type { TextScreen } from '../../traces/index.ts';
import type { Project } from '../config/load-config.ts';
import { emptyFolder } from '../gate/judge.ts';
import { actualTrace, judgeTrace } from '../gate/judge-trace.ts';
import { GoldenPicture } from '../golden/golden-picture.ts';
import { comparePictures } from '../lenses/index.ts';
import { isSame } from '../report/gate-outcome.ts';
import { encodePng } from '../report/png.ts';
import { writeFileWhole } from '../run/files/output-file.ts';
import { blessRun } from './bless-run.ts';
import { outcomeMessage, plainError } from './golden-error.ts';
import { goldenName } from './golden-name.ts';
import { isUpdate } from './is-update.ts';
import type { TestRecording } from './record.ts';
import { matcherPlace, testProject } from './test-project.ts';

interface MatchResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** Adds the matchers to vitest's expect; types are in index.ts. */
export function addMatchers(expect: ExpectStatic): void {
  expect.extend({
    toMatchGoldenTrace(this: MatcherState, received: unknown, name?: string) {
      return plainly(matchTrace(nameFor(this, 'toMatchGoldenTrace', name), received, isUpdate(expect)));
    },
    toMatchGoldenScreen(this: MatcherState, received: unknown, name?: string) {
      return plainly(matchScreen(nameFor(this, 'toMatchGoldenScreen', name), received, isUpdate(expect)));
    },
  });
}

function plainly(result: Promise<MatchResult>): Promise<MatchResult> {
  return result.catch((error: unknown) => {
    throw plainError(error);
  });
}

function nameFor({ isNot, currentTestName }: MatcherState, matcher: string, name: string | undefined): string {
  if (isNot) throw new TypeError(`${matcher} has no opposite: leave out .not`);
  return name ?? goldenName(currentTestName ?? '');
}

async function matchTrace(name: string, received: unknown, isUpdating: boolean): Promise<MatchResult> {
  if (!isRecording(received)) throw new TypeError('toMatchGoldenTrace takes what `await record({ ... })` gives');
  const project = await testProject();
  const { store, report } = matcherPlace(project);
  const folder = emptyFolder(report, name);
  writeFileWhole(actualTrace(folder), received.bytes);
  const run = { name, folder, definition: received.definition, unmet: undefined };
  const judged = await judgeTrace(run, { project, store, shownFrom: project.folder });
  const outcome = isUpdating && !isSame(judged) ? await blessRun({ project, store, report }, name) : judged;
  return { pass: isSame(outcome), message: () => `golden run ${name}: ${outcomeMessage(outcome)}` };
}

async function matchScreen(name: string, received: unknown, isUpdating: boolean): Promise<MatchResult> {
  if (!isScreen(received))
    throw new TypeError("toMatchGoldenScreen takes a screen, such as recording.screen('booted')");
  const project = await testProject();
  const { store, report } = matcherPlace(project);
  const golden = new GoldenPicture(store, name);
  const actual = renderScreen(received);
  const expected = golden.load();
  const pixels = expected === undefined ? undefined : comparePictures(expected, actual);
  if (pixels?.differing === 0) return { pass: true, message: () => `golden screen ${name}: same` };
  if (isUpdating) {
    golden.save(encodePng(actual));
    return { pass: true, message: () => `golden screen ${name}: blessed` };
  }
  const path = join(report, name, 'screen-actual.png');
  writeFileWhole(path, encodePng(actual));
  const shown = pathsText(project, [
    path,
    ...(pixels === undefined ? [] : differenceFile(report, name, pixels.difference)),
  ]);
  const what = pixels === undefined ? 'there is no golden to compare with' : `${pixels.differing} pixels differ`;
  return { pass: false, message: () => `golden screen ${name}: ${what}\n${shown}  vitest -u blesses it` };
}

function differenceFile(report: string, name: string, difference: Uint8Array): readonly string[] {
  const path = join(report, name, 'screen-difference.png');
  writeFileWhole(path, difference);
  return [path];
}

function pathsText({ folder }: Project, paths: readonly string[]): string {
  return paths.map((path) => `  picture ${relative(folder, path)}\n`).join('');
}

function isRecording(value: unknown): value is TestRecording {
  return typeof value === 'object' && value !== null && 'bytes' in value && value.bytes instanceof Uint8Array;
}

function isScreen(value: unknown): value is TextScreen {
  return typeof value === 'object' && value !== null && 'characters' in value && 'attributes' in value;
}
