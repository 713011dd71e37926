import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bootSector, makeFolder } from '../project-folder.ts';

/** A commit to be made: its place in history by the numbers of earlier ones, default the one before. */
export interface Step {
  readonly message: string;
  readonly author?: string;
  readonly files?: { readonly [path: string]: string | Uint8Array };
  readonly removed?: readonly string[];
  readonly from?: number;
  readonly merge?: number;
}

/** A git repository with a project of gilt's at its top. */
export interface Repository {
  readonly folder: string;
  readonly ids: readonly string[]; // of the steps
  readonly git: (...args: readonly string[]) => string;
  readonly builds: () => number; // how often the build command ran
}

export const COPY = 'mkdir -p build && cp src/guest.bin build/guest.img';

/** A sector that prints two letters at the top left, writes a byte to port 80h, and waits for ever. */
export function letters(first: string, second = 'i', port = 0): Uint8Array {
  const [a, b] = [first.charCodeAt(0), second.charCodeAt(0)];
  const print = [0xb8, 0x00, 0xb8, 0x8e, 0xc0, 0x26, 0xc7, 0x06, 0, 0, a, 7, 0x26, 0xc7, 0x06, 2, 0, b, 7];
  const out = [0xb0, port, 0xe6, 0x80]; // mov al, port; out 80h, al
  return bootSector([...print, ...out, 0xfb, 0xf4, 0xeb, 0xfd]); // sti; hlt; jmp to the hlt
}

// Without an import of gilt, which would be bundled from its sources each time.
const SCENARIO = `export default {
  description: 'a test',
  run: async (driver) => {
    await driver.runTicks(2);
    driver.screenshot('letters');
    driver.checkpoint('letters');
  },
};
`;

/** The files of a project whose build command copies src/guest.bin. */
export const PROJECT = {
  'scenarios/hello.scenario.ts': SCENARIO,
  '.gitignore': 'build/\n.gilt/\n',
  'src/guest.bin': letters('H'),
};

/** The text of a config with this build command, which notes each build in `log`. */
export function configText(log: string, build: string, more = ''): string {
  return `export default {
  image: 'build/guest.img',
  build: ${JSON.stringify(`echo >> ${log} && ${build}`)},
  ${more}
};
`;
}

/** A repository with these commits on its branch main, which is checked out. The first one gets `project` as well. */
export function makeRepository(
  steps: readonly Step[],
  { build = COPY, more = '', project = PROJECT }: { build?: string; more?: string; project?: Step['files'] } = {},
): Repository {
  const log = join(makeFolder(), 'builds');
  const folder = makeFolder();
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  git('init', '--quiet', '--initial-branch=main');
  const marks = join(folder, '.git/marks');
  const [first, ...others] = steps;
  const start = { ...first, files: { 'gilt.config.ts': configText(log, build, more), ...project, ...first.files } };
  const stream = Buffer.concat([start, ...others].map(commitStream));
  execFileSync('git', ['fast-import', '--quiet', `--export-marks=${marks}`], { cwd: folder, input: stream });
  git('reset', '--quiet', '--hard');
  const lines = readFileSync(marks, 'utf8').trim().split('\n');
  const byMark = new Map(lines.map((line) => line.split(' ') as [string, string]));
  return {
    folder,
    ids: steps.map((_, index) => byMark.get(`:${index + 1}`) ?? ''),
    git,
    builds: () => (existsSync(log) ? readFileSync(log, 'utf8').length : 0),
  };
}

/** Writes files into a checkout. */
export function writeFiles(folder: string, files: NonNullable<Step['files']>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

function commitStream(step: Step, index: number): Buffer {
  const { message, author = 'Ann Author', files = {}, removed = [], from = index - 1, merge } = step;
  const who = `${author} <someone@example.com> ${1_700_000_000 + index * 60} +0000`;
  return Buffer.concat([
    Buffer.from(`commit refs/heads/main\nmark :${index + 1}\nauthor ${who}\ncommitter ${who}\n`),
    dataStream(message),
    Buffer.from(from < 0 ? '' : `from :${from + 1}\n`),
    Buffer.from(merge === undefined ? '' : `merge :${merge + 1}\n`),
    ...removed.map((path) => Buffer.from(`D ${path}\n`)),
    ...Object.entries(files).flatMap(([path, content]) => [
      Buffer.from(`M 100644 inline ${path}\n`),
      dataStream(content),
    ]),
    Buffer.from('\n'),
  ]);
}

function dataStream(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')]);
}

/** Commits that touch nothing that matters. */
export function silent(count: number, name = 'silent'): readonly Step[] {
  return Array.from({ length: count }, (_, index) => ({
    message: `${name} ${index + 1}`,
    files: { [`doc/${name}-${index + 1}.txt`]: `${index}` },
  }));
}

/** A commit with another kernel. */
export function change(message: string, bytes: Uint8Array, more: Partial<Step> = {}): Step {
  return { message, files: { 'src/guest.bin': bytes }, ...more };
}

/** A commit's id as reports show it. */
export function short(id: string): string {
  return id.slice(0, 10);
}
