import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadProject } from '../../../harness/config/load-config.ts';
import { makeFolder } from '../project-folder.ts';

const CONFIG = `export default { image: 'build/kernel.img', symbols: '/abs/kernel.elf' };`;

test('the config is found from a folder below it, and its paths are relative to the config file', async () => {
  const folder = makeFolder({ 'gilt.config.ts': CONFIG });
  mkdirSync(join(folder, 'src/deep'), { recursive: true });
  const project = await loadProject(join(folder, 'src/deep'));
  expect(project).toMatchObject({
    folder,
    image: join(folder, 'build/kernel.img'),
    symbols: '/abs/kernel.elf',
    scenarios: join(folder, 'scenarios'),
    golden: join(folder, 'golden'),
    report: join(folder, '.gilt/report'),
  });
});

test('the nearest of two configs counts', async () => {
  const folder = makeFolder({
    'gilt.config.ts': CONFIG,
    'inner/gilt.config.ts': `export default { image: 'in.img' };`,
  });
  const project = await loadProject(join(folder, 'inner'));
  expect(project.image).toBe(join(folder, 'inner/in.img'));
});

test('without a config the folder is named', async () => {
  const folder = makeFolder();
  await expect(loadProject(folder)).rejects.toThrow(`${folder}: no gilt.config.ts here or in a folder above`);
});
