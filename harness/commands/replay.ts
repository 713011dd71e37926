import { resolve } from 'node:path';
import type { AddCommand } from './command-line.ts';
import { ENGINE_OPTION } from './options/options.ts';
import { progressText, startProgress } from './progress.ts';

/** `gilt replay TRACE`: runs a trace again and checks every write and event of it. */
export const replayCommand: AddCommand = (parser, start) =>
  parser.command(
    'replay <trace>',
    'run a trace again, from the trace alone, and check every write and event',
    (command) =>
      command
        .positional('trace', { type: 'string', demandOption: true, describe: 'a trace file' })
        .option('engine', ENGINE_OPTION)
        .example('$0 replay golden/boot/trace.msgpack', 'does this gilt still run as the golden was made?'),
    (args) => {
      start(async (host) => {
        const { openWholeTrace } = await import('../run/trace/open-trace.ts');
        const { replay } = await import('../run/replay.ts');
        const { describeDivergence } = await import('../run/describe/describe-divergence.ts');
        const trace = openWholeTrace(resolve(host.cwd, args.trace));
        const progress = await startProgress(host);
        const onProgress = (icount: number): void => progress.show(progressText(trace.reader.header.scenario, icount));
        const verdict = await replay(trace, { engine: args.engine, onProgress }).finally(() => progress.stop());
        if (verdict.kind === 'diverged') {
          host.out(`${describeDivergence(verdict.divergence)}\n`);
          return 1;
        }
        host.out(`same: ${verdict.icount} instructions, ${verdict.writes} writes, ${verdict.events} events\n`);
        return 0;
      });
    },
  );
