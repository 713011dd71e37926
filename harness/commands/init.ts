import type { AddCommand } from './command-line.ts';
import type { ExitCode, Host } from './host.ts';

/** `gilt init`: makes a project of a folder with a kernel. */
export const initCommand: AddCommand = (parser, start) =>
  parser.command(
    'init',
    "look at a kernel's folder and write a config, a first scenario and a CI workflow",
    (command) =>
      command
        .example('$0 init', 'in the folder of a Makefile, after the kernel was built')
        .epilogue('Nothing that is there is overwritten.'),
    () => {
      start(initFolder);
    },
  );

async function initFolder(host: Host): Promise<ExitCode> {
  const { init } = await import('../init/init.ts');
  const { escapeLine } = await import('../report/escape.ts');
  const { lines, screen, changed } = await init(host.cwd);
  const rows = screen.map((row) => `  | ${escapeLine(row)}\n`);
  const shown = rows.length === 0 ? 'it shows no text' : 'it shows:';
  await host.out(
    `${lines.map((line) => `${escapeLine(line)}\n`).join('')}\ngilt booted the image; ${shown}\n${rows.join('')}`,
  );
  await host.out(`
next:
  npx gilt gate     # runs the scenario; there is no golden run to compare with yet
  npx gilt bless    # makes what the kernel does now its golden run
  git add ${[...changed, 'golden'].join(' ')} && git commit
Then change the kernel, build it, and run \`npx gilt gate\` again: it tells what the kernel does differently.
`);
  return 0;
}
