import { basename, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vitest/config';
import { loadProject, type Project } from '../config/load-config.ts';
import { listScenarios } from '../scenario/find-scenarios.ts';

const SUFFIX = '.scenario.ts';

/**
 * A vitest plugin: every scenario file is a test, `-u` blesses, and the matchers toMatchGoldenTrace and
 * toMatchGoldenScreen exist. Errors while vitest starts: OperatingError for a project that can't be loaded.
 */
export function gilt(): Plugin {
  let project: Project | undefined;
  let first = ''; // the scenario file that also looks for stale goldens
  return {
    name: 'gilt',
    enforce: 'pre',
    config: async ({ root = process.cwd(), test = {} }) => {
      const { configDefaults } = await import('vitest/config');
      project = await loadProject(root);
      const { folder, scenarios, configFile, image, symbols } = project;
      first = listScenarios(scenarios)[0]?.file ?? '';
      const own = `${relative(root, scenarios)}/*${SUFFIX}`;
      const watched = [configFile, image, ...(symbols === undefined ? [] : [symbols])];
      return {
        test: {
          include: test.include === undefined ? [...configDefaults.include, own] : [own],
          setupFiles: [fileURLToPath(partUrl('setup'))],
          forceRerunTriggers: [
            ...(test.forceRerunTriggers === undefined ? configDefaults.forceRerunTriggers : []),
            ...watched,
          ],
          provide: { giltFolder: folder },
        },
      };
    },
    transform: (code, id) => {
      if (project === undefined || !id.endsWith(SUFFIX) || !id.startsWith(project.scenarios)) return undefined;
      return { code: `${code}\n${testOf(id, id === first)}`, map: null }; // lines before it stay where they are
    },
  };
}

/** What makes a test of a scenario file, at its end: by then the file's default export, which it imports, has its value. */
function testOf(file: string, isFirst: boolean): string {
  const facts = { name: basename(file, SUFFIX), file, isFirst };
  return [
    `import { testScenario as giltTest } from ${JSON.stringify(partUrl('scenario-test').href)};`,
    `import * as giltScenario from ${JSON.stringify(file)};`,
    `giltTest({ ...${JSON.stringify(facts)}, definition: giltScenario.default });`,
  ].join('\n');
}

/** A module of this folder; built, those are `vitest-NAME.js` beside this one. */
function partUrl(name: string): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? `./${name}.ts` : `./vitest-${name}.js`, import.meta.url);
}
