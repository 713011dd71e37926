import { resolve } from 'node:path';
import type { LensName, Level } from '../lenses/fact.ts';
import type { ViewConfig } from '../lenses/view-config.ts';
import type { AddCommand } from './command-line.ts';
import { type ExitCode, type Host, usesColor } from './host.ts';
import { type LevelArgs, parseLevels } from './options/levels.ts';
import { outAll } from './out-all.ts';

interface DiffArgs extends LevelArgs {
  readonly golden: string;
  readonly actual: string;
  readonly all: boolean;
}

/** `gilt diff A B`: what one run does differently from another. */
export const diffCommand: AddCommand = (parser, start) =>
  parser.command(
    'diff <golden> <actual>',
    'compare two traces: one paragraph for each cause',
    (command) =>
      command
        .positional('golden', { type: 'string', demandOption: true, describe: 'a trace file' })
        .positional('actual', { type: 'string', demandOption: true, describe: 'the trace file held against it' })
        .option('lens', { type: 'string', array: true, requiresArg: true, describe: 'only this lens; may be repeated' })
        .option('level', { type: 'string', array: true, requiresArg: true, describe: 'LENS=LEVEL; may be repeated' })
        .option('all', { type: 'boolean', default: false, describe: 'list every difference below its cause' })
        .example('$0 diff golden/boot/trace.msgpack .gilt/report/boot/actual.msgpack', 'what the gate compared')
        .example('$0 diff a.msgpack b.msgpack --lens paging', 'the address spaces alone')
        .example('$0 diff a.msgpack b.msgpack --level memory=exact', 'every write to memory, as it was made'),
    (args) => {
      start((host) => diff(args, host));
    },
  );

async function diff(args: DiffArgs, host: Host): Promise<ExitCode> {
  const { openWholeTrace } = await import('../run/trace/open-trace.ts');
  const { withWrites } = await import('../run/regenerate.ts');
  const { makeRunView } = await import('../lenses/index.ts');
  const { compareTraces } = await import('../compare/index.ts');
  const { renderVerdict } = await import('../report/terminal.ts');
  const chosen = parseLevels(args);
  const { view, levels } = await projectView(host);
  const load = async (path: string) => (await withWrites(openWholeTrace(resolve(host.cwd, path)))).reader;
  const golden = makeRunView(await load(args.golden), view);
  const actual = makeRunView(await load(args.actual), view);
  const verdict = compareTraces(golden, actual, { levels: { ...levels, ...chosen } });
  await outAll(host, renderVerdict(verdict, { useColor: usesColor(host), listFollowers: args.all }));
  return verdict.kind === 'same' ? 0 : 1;
}

/** Two traces can be compared anywhere; inside a project its regions, masks and levels count. */
async function projectView(
  host: Host,
): Promise<{ readonly view: ViewConfig; readonly levels: Partial<Record<LensName, Level>> }> {
  const { findConfig, loadProject } = await import('../config/load-config.ts');
  if (findConfig(host.cwd) === undefined) return { view: {}, levels: {} };
  const { viewConfigOf } = await import('../run/view-config.ts');
  const { config } = await loadProject(host.cwd);
  return { view: viewConfigOf(config), levels: config.levels ?? {} };
}
