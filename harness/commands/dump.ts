import { resolve } from 'node:path';
import type { TraceEventKind } from '../../traces/index.ts';
import type { ObservationSelection } from '../run/trace/observations.ts';
import type { NamedTrace } from '../run/trace/open-trace.ts';
import type { AddCommand } from './command-line.ts';
import type { ExitCode, Host } from './host.ts';
import { parseSpan } from './options/span.ts';
import { outAll } from './out-all.ts';
import { UsageError } from './usage-error.ts';

/** Written out here because loading the trace format would slow down every other command. */
export const EVENT_KINDS = [
  'control',
  'invlpg',
  'exception',
  'interrupt',
  'probe-call',
  'probe-return',
  'port-write',
  'serial-out',
  'debug-out',
  'unhandled',
  'input',
  'screen',
  'step',
  'checkpoint',
  'stop',
  'stale-translation',
  'context-changed',
] as const satisfies readonly TraceEventKind[];
const KINDS = ['writes', ...EVENT_KINDS] as const;
type Kind = (typeof KINDS)[number];

interface DumpOptions {
  readonly events: string | undefined;
  readonly range: string | undefined;
  readonly icount: string | undefined;
}

/** `gilt dump TRACE`: one line per write and event. */
export const dumpCommand: AddCommand = (parser, start) =>
  parser.command(
    'dump <trace>',
    'print a trace, one line for each write and event',
    (command) =>
      command
        .positional('trace', { type: 'string', demandOption: true, describe: 'a trace file' })
        .option('events', { type: 'string', describe: `which ones, with commas: ${KINDS.join(', ')}` })
        .option('range', { type: 'string', describe: 'only writes to linear addresses FROM..TO' })
        .option('icount', { type: 'string', describe: 'only from instruction FROM to TO' })
        .example('$0 dump trace.msgpack --events control,exception', 'paging and faults at a glance')
        .example('$0 dump trace.msgpack --range 0xb8000..0xb8fa0', 'who wrote to the screen')
        .example('$0 dump trace.msgpack | grep kalloc', 'whatever concerns one function'),
    (args) => {
      start(async (host) => {
        const selection = parseSelection(args);
        const { openTraceFile } = await import('../run/trace/open-trace.ts');
        const trace = openTraceFile(resolve(host.cwd, args.trace));
        const { withWrites } = await import('../run/regenerate.ts');
        await dump(selection.hasWrites ? await withWrites(trace) : trace, selection, host);
        return reportTruncation(trace, host);
      });
    },
  );

function parseSelection({ events, range, icount }: DumpOptions): ObservationSelection {
  const kinds = events === undefined ? KINDS : events.split(',').map(parseKind);
  if (range !== undefined && events !== undefined && events !== 'writes') {
    throw new UsageError('--range is about writes: leave out --events, or say --events writes');
  }
  return {
    hasWrites: kinds.includes('writes'),
    kinds: range === undefined ? EVENT_KINDS.filter((kind) => kinds.includes(kind)) : [],
    ...(icount === undefined ? {} : { icounts: parseSpan('--icount', icount) }),
    ...(range === undefined ? {} : { linear: parseSpan('--range', range) }),
  };
}

function parseKind(text: string): Kind {
  const kind = KINDS.find((each) => each === text.trim());
  if (kind !== undefined) return kind;
  throw new UsageError(`--events ${JSON.stringify(text)}: there is ${KINDS.join(', ')}`);
}

async function dump(trace: NamedTrace, selection: ObservationSelection, host: Host): Promise<void> {
  const { traceSymbols } = await import('../run/trace/trace-symbols.ts');
  const { observations } = await import('../run/trace/observations.ts');
  const { describeObservation } = await import('../run/describe/describe-observation.ts');
  const { escapeLine } = await import('../report/escape.ts');
  const symbols = traceSymbols(trace);
  const lines = function* (): Generator<string> {
    for (const observation of observations(trace.reader, selection)) {
      yield `${escapeLine(describeObservation(observation, symbols))}\n`;
    }
  };
  await outAll(host, lines());
}

function reportTruncation({ name, reader: { truncation } }: NamedTrace, host: Host): ExitCode {
  if (truncation === undefined) return 0;
  host.err(`gilt: ${name}, byte ${truncation.atByte}: ${truncation.message}\n`);
  return 2;
}
