import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildGilt, cliOf } from '../harness/built-cli.ts';
import { makeFolder } from '../harness/project-folder.ts';

const TOOLS = ['nasm', 'ld', 'objcopy', 'make', 'git'];
const missing = TOOLS.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
const KERNEL = readFileSync(new URL('kernel.asm', import.meta.url), 'utf8');
const MAKEFILE = `build/kernel.img: src/kernel.asm
	mkdir -p build
	nasm -f elf32 -g -F dwarf src/kernel.asm -o build/kernel.o
	ld -m elf_i386 --nmagic -Ttext=0x7c00 -e start build/kernel.o -o build/kernel.elf
	objcopy -O binary -j .text build/kernel.elf build/kernel.img
`;

/** One line of the README: what to type, and the exit code that it promises. */
interface Line {
  readonly command: string;
  readonly code: number;
}

/** The shell lines of the section for a new user, block by block. */
function readmeBlocks(): readonly (readonly Line[])[] {
  const readme = readFileSync('README.md', 'utf8');
  const start = readme.indexOf('\n## Your own kernel');
  const section = readme.slice(start, readme.indexOf('\n## ', start + 1));
  const blocks = [...section.matchAll(/^```sh\n(.*?)^```/gms)].map(([, text]) => text.trim().split('\n'));
  return blocks.map((lines) => lines.map(parseLine));
}

function parseLine(line: string): Line {
  const [command, comment = ''] = line.split(/\s+# /);
  return { command: command.trim(), code: Number(/^exit code (\d)/.exec(comment)?.[1] ?? 0) };
}

interface Typed {
  readonly command: string;
  readonly text: string;
}

/** A new user's folder: a kernel, a Makefile, git, and gilt as npm would have installed it. */
class NewUser {
  readonly folder = makeFolder({
    Makefile: MAKEFILE,
    'src/kernel.asm': KERNEL,
    '.gitignore': 'build/\nnode_modules/\n',
  });
  readonly #env: NodeJS.ProcessEnv;

  constructor(built: string) {
    const bin = join(this.folder, 'node_modules/.bin');
    mkdirSync(bin, { recursive: true });
    symlinkSync(cliOf(built), join(bin, 'gilt'));
    // npx itself takes seconds to find what lies in node_modules/.bin.
    const npx = join(this.folder, 'node_modules/.bin/npx');
    writeFileSync(npx, `#!/bin/sh\nname=$1; shift\nexec "${process.execPath}" "${bin}/$name" "$@"\n`);
    chmodSync(npx, 0o755);
    const person = { NAME: 'Nora New', EMAIL: 'nora@example.com' };
    const identity = ['AUTHOR', 'COMMITTER'].flatMap((role) =>
      Object.entries(person).map(([what, value]) => [`GIT_${role}_${what}`, value]),
    );
    const { CI: _ci, ...env } = process.env; // at the desk, not in CI
    this.#env = { ...env, ...Object.fromEntries(identity), PATH: `${bin}:${process.env.PATH}` };
    this.git('init', '--quiet');
    this.commit('A kernel that greets');
  }

  /** Types the lines of a block one after the other, and checks what each exits with. */
  type(lines: readonly Line[]): readonly Typed[] {
    return lines.map(({ command, code }) => {
      const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
        cwd: this.folder,
        env: this.#env,
        encoding: 'utf8',
        input: 's\ns\ns\ns\n', // what review asks: skip
      });
      expect(status, `${command}\n${stdout}${stderr}`).toBe(code);
      return { command, text: stdout };
    });
  }

  git(...args: readonly string[]): string {
    return execFileSync('git', args, { cwd: this.folder, env: this.#env, encoding: 'utf8' }).trim();
  }

  commit(message: string): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', message);
    return this.git('rev-parse', '--short=10', 'HEAD');
  }

  edit(from: string, to: string): void {
    const file = join(this.folder, 'src/kernel.asm');
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
  }
}

const reason = missing.length === 0 ? '' : ` (skipped: there is no ${missing.join(', ')})`;

test.skipIf(missing.length > 0)(`the README leads a new user to a gate that names the commit${reason}`, async () => {
  const [[install, ...dayOne], dayTwo, ...more] = readmeBlocks();
  expect(more).toEqual([]);
  expect(install.command).toBe('npm install --save-dev gilt');
  const user = new NewUser(await buildGilt('gilt-day-one-test'));
  user.type(dayOne);
  expect(user.git('status', '--porcelain')).toBe('');
  expect(user.git('ls-files')).toContain('golden/boot/trace.msgpack');

  user.edit('; Counts', '; Slowly counts');
  user.commit('Describe the kernel better');
  user.edit('cmp word [counter], 3', 'cmp word [counter], 4');
  const culprit = user.commit('Count a little further');
  writeFileSync(join(user.folder, 'NOTES'), 'nothing yet\n');
  user.commit('Start notes');

  const typed = user.type(dayTwo);
  const textOf = (part: string): string => typed.find(({ command }) => command.includes(part))?.text ?? '';
  expect(textOf('gate')).toMatch(/memory: counter: .*count \(src\/kernel\.asm:\d+\)/);
  expect(textOf('review')).toContain('counter');
  expect(textOf('bisect')).toContain(`${culprit} is the first commit that changes this`);
  expect(textOf('bisect')).toContain('"Count a little further" by Nora New');
  expect(textOf('bisect')).toMatch(/counter: .*count \(src\/kernel\.asm:\d+\)/);
  expect(textOf('bisect')).toContain('restores the golden run');
  expect(user.git('worktree', 'list').split('\n')).toHaveLength(1);
  expect(user.git('status', '--porcelain')).toMatch(/^M golden\/boot\/summary\.txt/m);
});
