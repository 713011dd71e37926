import { CommandError, run } from './command.ts';

const TOOLS: readonly (readonly [command: string, option: string, packageName: string])[] = [
  ['make', '--version', 'make'],
  ['patch', '--version', 'patch'],
  ['nasm', '--version', 'nasm'],
  ['i686-linux-gnu-gcc', '--version', 'gcc-i686-linux-gnu'],
  ['i686-linux-gnu-ld', '--version', 'binutils-i686-linux-gnu'],
  ['clang', '--version', 'clang'],
];

/** The first line that each tool prints about its version. Errors: CommandError that lists every missing tool. */
export async function toolchainVersions(folder: string): Promise<string> {
  const found = await Promise.all(TOOLS.map(([command, option]) => versionOf(command, option, folder)));
  const missing = TOOLS.filter((_, i) => found[i] === undefined);
  if (missing.length > 0) {
    const names = missing.map(([command]) => command).join(', ');
    const packages = missing.map(([, , packageName]) => packageName).join(' ');
    throw new CommandError(
      `the corpus is built here, and this is missing: ${names} (Debian: apt-get install ${packages})`,
    );
  }
  return found.join('\n');
}

async function versionOf(command: string, option: string, folder: string): Promise<string | undefined> {
  try {
    return (await run(command, [option], folder)).split('\n')[0];
  } catch {
    return undefined;
  }
}
