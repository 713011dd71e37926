import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listScenarios, selectScenarios } from '../../../harness/scenario/find-scenarios.ts';
import { makeFolder } from '../project-folder.ts';

const FILES = { 'boot.scenario.ts': '', 'page-fault.scenario.ts': '', 'helper.ts': '', 'README.md': '' };

test('a scenario is a file *.scenario.ts, named after it, in alphabetical order', () => {
  const folder = makeFolder(FILES);
  expect(listScenarios(folder)).toEqual([
    { name: 'boot', file: join(folder, 'boot.scenario.ts') },
    { name: 'page-fault', file: join(folder, 'page-fault.scenario.ts') },
  ]);
});

test('no name means all of them, a name twice means once', () => {
  const folder = makeFolder(FILES);
  expect(selectScenarios(folder, []).map(({ name }) => name)).toEqual(['boot', 'page-fault']);
  expect(selectScenarios(folder, ['page-fault', 'page-fault']).map(({ name }) => name)).toEqual(['page-fault']);
});

test('an unknown name is answered with the nearest one, or with all', () => {
  const folder = makeFolder(FILES);
  expect(() => selectScenarios(folder, ['bot'])).toThrow('no scenario "bot"; did you mean boot?');
  expect(() => selectScenarios(folder, ['zzzzzz'])).toThrow('no scenario "zzzzzz"; there is boot, page-fault');
});

test('a name that can not be the folder of a golden is refused', () => {
  const folder = makeFolder({ 'Boot It.scenario.ts': '' });
  expect(() => listScenarios(folder)).toThrow('Boot It.scenario.ts: a scenario is named with small letters');
});

test('a folder that is missing or empty is named', () => {
  const folder = makeFolder();
  expect(() => selectScenarios(join(folder, 'none'), [])).toThrow(`${join(folder, 'none')}: no such file or folder`);
  expect(() => selectScenarios(folder, [])).toThrow('no *.scenario.ts in this folder');
});
