import { resolve } from 'node:path';
import type { AddCommand } from './command-line.ts';

/** `gilt diverge A B`: the first instruction at which two runs part. */
export const divergeCommand: AddCommand = (parser, start) =>
  parser.command(
    'diverge <a> <b>',
    'find the first instruction at which two runs part',
    (command) =>
      command
        .positional('a', { type: 'string', demandOption: true, describe: 'a trace file' })
        .positional('b', { type: 'string', demandOption: true, describe: 'another one' })
        .example('$0 diverge golden/boot/trace.msgpack .gilt/report/boot/actual.msgpack', 'what the gate compared')
        .epilogue(
          'Searches the chain digests of checkpoints, then replays both runs up to where they part. `gilt diff` tells ' +
            'what a change comes to; this tells where it begins.',
        ),
    (args) => {
      start(async (host) => {
        const { openWholeTrace } = await import('../run/trace/open-trace.ts');
        const { diverge } = await import('../diverge/diverge.ts');
        const { describeDivergence } = await import('../diverge/describe.ts');
        const { traceSymbols } = await import('../run/trace/trace-symbols.ts');
        const { withWrites } = await import('../run/regenerate.ts');
        const load = (path: string) => withWrites(openWholeTrace(resolve(host.cwd, path)));
        const [a, b] = [await load(args.a), await load(args.b)];
        const result = await diverge(a, b);
        await host.out(describeDivergence(result, [traceSymbols(a), traceSymbols(b)]));
        return result.kind === 'same' || result.kind === 'unseen' ? 0 : 1;
      });
    },
  );
