import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { onTestFinished } from 'vitest';

/** A new folder with these files, removed when the test is over. */
export function makeFolder(files: { readonly [path: string]: string | Uint8Array } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'gilt-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return folder;
}

/** Every file below a folder with its content, for telling whether anything changed. */
export function snapshotOf(folder: string): ReadonlyMap<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(files.map((file) => [relative(folder, file), readFileSync(file).toString('base64')]));
}

/** A boot sector with this 16-bit code. */
export function bootSector(code: readonly number[]): Uint8Array {
  const sector = new Uint8Array(512);
  sector.set(code);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

// mov ax, B800h; mov es, ax; mov word es:[0], 'H' in grey; mov word es:[2], 'i' in grey
const PRINT_HI = [0xb8, 0x00, 0xb8, 0x8e, 0xc0, 0x26, 0xc7, 0x06, 0, 0, 0x48, 7, 0x26, 0xc7, 0x06, 2, 0, 0x69, 7];

/** Prints "Hi" at the top left, then waits for interrupts for ever: sti; hlt; jmp to the hlt. */
export const HELLO_GUEST = bootSector([...PRINT_HI, 0xfb, 0xf4, 0xeb, 0xfd]);

/** The same with "Ho". */
export const CHANGED_GUEST = bootSector([...PRINT_HI.with(-2, 0x6f), 0xfb, 0xf4, 0xeb, 0xfd]);

/** Prints "Hi" and halts for good: cli; hlt. */
export const HALTING_GUEST = bootSector([...PRINT_HI, 0xfa, 0xf4]);

export const CONFIG = `
import { defineConfig } from 'gilt';
export default defineConfig({ image: 'guest.img' });
`;

/** The text of a scenario file with this body. */
export function scenarioText(body: string, description = 'a test'): string {
  return `
import { defineScenario } from 'gilt';
export default defineScenario({
  description: ${JSON.stringify(description)},
  run: async (driver) => {
    ${body}
  },
});
`;
}

/** A project with one guest and the scenario "hello", which waits for its first letter. */
export function makeProject(files: { readonly [path: string]: string | Uint8Array } = {}): string {
  return makeFolder({
    'gilt.config.ts': CONFIG,
    'guest.img': HELLO_GUEST,
    'scenarios/hello.scenario.ts': scenarioText(`
      await driver.runUntilText('H');
      driver.screenshot('hello');
      driver.checkpoint('hello');
      await driver.runTicks(2);
    `),
    ...files,
  });
}
