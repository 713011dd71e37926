import yargs, { type Argv } from 'yargs';
import { VERSION } from '../version.ts';
import { bisectCommand } from './bisect.ts';
import { blessCommand } from './bless.ts';
import { bootCommand } from './boot.ts';
import { diffCommand } from './diff.ts';
import { divergeCommand } from './diverge.ts';
import { dumpCommand } from './dump.ts';
import { exploreCommand } from './explore/explore.ts';
import { gateCommand } from './gate.ts';
import type { ExitCode, Host } from './host.ts';
import { initCommand } from './init.ts';
import { logCommand } from './log.ts';
import { mutateCommand } from './mutate.ts';
import { recordCommand } from './record.ts';
import { replayCommand } from './replay.ts';
import { reviewCommand } from './review.ts';
import { screenCommand } from './screen.ts';
import { UsageError } from './usage-error.ts';

/** What a command line asks for: the work itself, which starts after the whole line was understood. */
export type Action = (host: Host) => Promise<ExitCode>;

/** Adds one command to the parser; its handler hands the work over. */
export type AddCommand = (parser: Argv, start: (action: Action) => void) => Argv;

const COMMANDS: readonly AddCommand[] = [
  initCommand,
  gateCommand,
  reviewCommand,
  blessCommand,
  bootCommand,
  recordCommand,
  replayCommand,
  diffCommand,
  dumpCommand,
  screenCommand,
  mutateCommand,
  exploreCommand,
  bisectCommand,
  logCommand,
  divergeCommand,
];

/** Ends the parsing once a command is understood: the parser would go on to put its help together, just in case. */
const UNDERSTOOD = new Error('a command is understood');

/** Runs one gilt command line. Every error ends here: one line on stderr and exit code 2, or 125 for `git bisect run`. */
export async function runCommandLine(args: readonly string[], host: Host): Promise<ExitCode> {
  try {
    const parsed = parse(args);
    if (parsed.output !== '') host.out(`${parsed.output}\n`);
    return parsed.action === undefined ? 0 : await parsed.action(host);
  } catch (error) {
    host.err(`gilt: ${await explain(error)}\n`);
    return args[0] === 'gate' && args.includes('--bisect') ? 125 : 2;
  }
}

function parse(args: readonly string[]): { readonly action: Action | undefined; readonly output: string } {
  let action: Action | undefined;
  let output = '';
  const parser = COMMANDS.reduce(
    (before, addCommand) =>
      addCommand(before, (chosen) => {
        action = chosen;
        throw UNDERSTOOD;
      }),
    emptyParser(args),
  );
  try {
    parser.parse([...args], {}, (error: unknown, _parsed: unknown, text: string) => {
      if (error !== undefined && error !== null) throw error;
      output = text;
    });
  } catch (error) {
    if (error !== UNDERSTOOD) throw error;
  }
  return { action, output };
}

/** A parser of these arguments that doesn't know any command yet. */
function emptyParser(args: readonly string[]): Argv {
  return yargs()
    .scriptName('gilt')
    .locale('en')
    .version(VERSION)
    .usage('$0 <command>\n\nRecords what a small x86 kernel does and compares it with a golden run.')
    .example('$0 gate', 'run all scenarios and compare them with golden/')
    .example('$0 bless boot', 'make what boot does now its golden run')
    .epilogue('Exit codes: 0 same, 1 differs or no golden, 2 cannot tell (usage, files, broken golden).')
    .demandCommand(1, 'a command is missing')
    .strict()
    .recommendCommands()
    .wrap(100)
    .exitProcess(false)
    .fail((message: string, error: Error | undefined) => {
      throw error === undefined || error.name === 'YError' ? usageError(message, args) : error;
    });
}

/** The parser says "Did you mean record?" and no more. */
function usageError(message: string, [command]: readonly string[]): UsageError {
  const isGuess = message.startsWith('Did you mean');
  return new UsageError(
    isGuess
      ? `unknown command ${command}; did${message.slice(3)}`
      : `${message.replace(/\s*\n\s*/g, ' ')}; see gilt --help`,
  );
}

/** The error classes are loaded only when there is an error, so that a good start is a fast one. */
async function explain(error: unknown): Promise<string> {
  if (error instanceof UsageError) return error.message;
  const { OperatingError } = await import('../../emulator/index.ts');
  const { TraceError } = await import('../../traces/index.ts');
  const { SymbolsError } = await import('../symbols/index.ts');
  if (error instanceof OperatingError || error instanceof TraceError || error instanceof SymbolsError) {
    return error.message;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const readable = stack.replace(/(data:text\/javascript;base64),[\w+/=]*/g, '$1');
  return `internal error; this is a bug in gilt ${VERSION}, please report it\n${readable}`;
}
