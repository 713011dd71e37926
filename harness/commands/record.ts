import { resolve } from 'node:path';
import type { AddCommand } from './command-line.ts';
import { ENGINE_OPTION } from './options.ts';
import { progressText, startProgress } from './progress.ts';

/** `gilt record SCENARIO`: runs a scenario and writes its trace. */
export const recordCommand: AddCommand = (parser, start) =>
  parser.command(
    'record <scenario>',
    'run a scenario and write its trace',
    (command) =>
      command
        .positional('scenario', { type: 'string', demandOption: true, describe: "the scenario's name" })
        .option('output', { alias: 'o', type: 'string', default: 'trace.msgpack', describe: 'the trace to write' })
        .option('engine', ENGINE_OPTION)
        .example('$0 record boot', 'writes trace.msgpack')
        .example('$0 record boot -o boot.msgpack --engine oracle', 'the same bytes, by the slow engine'),
    (args) => {
      start(async (host) => {
        const { loadProject } = await import('../config/load-config.ts');
        const { selectScenarios } = await import('../scenario/find-scenarios.ts');
        const { recordToFile } = await import('../run/record-scenario.ts');
        const { describeUnmet } = await import('../run/describe-unmet.ts');
        const { loadScenario } = await import('../scenario/load-scenario.ts');
        const { loadBootFiles } = await import('../run/boot-files.ts');
        const project = await loadProject(host.cwd);
        const [file] = selectScenarios(project.scenarios, [args.scenario]);
        const scenario = await loadScenario(file);
        const boot = loadBootFiles(project);
        const path = resolve(host.cwd, args.output);
        const progress = await startProgress(host);
        const onProgress = (icount: number): void => progress.show(progressText(args.scenario, icount));
        const recording = await recordToFile(project, boot, scenario, path, {
          engine: args.engine,
          onProgress,
        }).finally(() => {
          progress.stop();
        });
        const { icount, writes, events, unmet } = recording;
        host.out(`${args.scenario}: ${icount} instructions, ${writes} writes, ${events} events -> ${args.output}\n`);
        if (unmet === undefined) return 0;
        host.err(`${describeUnmet(unmet)}\n`);
        return 1;
      });
    },
  );
