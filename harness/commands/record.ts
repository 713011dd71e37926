import { resolve } from 'node:path';
import type { Project } from '../config/load-config.ts';
import type { BootFiles } from '../run/files/boot-files.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { WAIT_HELP } from '../scenario/wait-forms.ts';
import type { AddCommand } from './command-line.ts';
import type { ExitCode, Host } from './host.ts';
import {
  driveChoice,
  givenMachineOption,
  MACHINE_OPTIONS,
  type MachineArgs,
  machineChoice,
} from './options/machine-options.ts';
import { ENGINE_OPTION } from './options/options.ts';
import { progressText, startProgress } from './progress.ts';
import { UsageError } from './usage-error.ts';

interface RecordArgs extends MachineArgs {
  readonly scenario: string | undefined;
  readonly image: string | undefined;
  readonly symbols: string | undefined;
  readonly until: readonly string[] | undefined;
  readonly keys: readonly string[] | undefined;
  readonly output: string;
  readonly engine: (typeof ENGINE_OPTION.choices)[number];
}

/** What is run on what. */
interface Run {
  readonly project: Pick<Project, 'config'>;
  readonly boot: BootFiles;
  readonly scenario: Scenario;
}

/** `gilt record SCENARIO` or `gilt record --image IMAGE`: runs a guest and writes the trace. */
export const recordCommand: AddCommand = (parser, start) =>
  parser.command(
    'record [scenario]',
    'run a scenario, or an image without one, and write its trace',
    (command) =>
      command
        .positional('scenario', { type: 'string', describe: "the scenario's name; not with --image" })
        .option('image', {
          type: 'string',
          describe: 'a disk image or a kernel to boot; needs no config and no scenario file',
        })
        .option('symbols', { type: 'string', describe: 'the ELF that belongs to --image' })
        .option('until', {
          type: 'string',
          array: true,
          nargs: 1,
          describe: 'with --image, how far to run: idle (default), text:ready>, call:kernel_main, ticks:20 ...',
        })
        .option('keys', {
          type: 'string',
          array: true,
          nargs: 1,
          describe: "with --image, keys to type then: 'help\\n{Up}{Control+c}'; --until and --keys take turns",
        })
        .options(MACHINE_OPTIONS)
        .option('output', { alias: 'o', type: 'string', default: 'trace.msgpack', describe: 'the trace to write' })
        .option('engine', ENGINE_OPTION)
        .example('$0 record boot', 'the scenario boot; writes trace.msgpack')
        .example('$0 record --image disk.img', 'until the guest waits for something')
        .example("$0 record --image disk.img --until 'text:ready>' --keys 'help\\n' --until ticks:5", 'with a command')
        .epilogue(`${WAIT_HELP}\nWhat describes a machine, from --append to --strict, belongs to --image.`),
    (args) => {
      start((host) => record(args, host));
    },
  );

async function record(args: RecordArgs, host: Host): Promise<ExitCode> {
  const { recordToFile } = await import('../run/record-scenario.ts');
  const { describeUnmet } = await import('../run/describe/describe-unmet.ts');
  const { project, boot, scenario } =
    args.image === undefined ? await scenarioRun(args, host) : await imageRun(args, host);
  const path = resolve(host.cwd, args.output);
  const progress = await startProgress(host);
  const onProgress = (icount: number): void => progress.show(progressText(scenario.name, icount));
  const options = { engine: args.engine, onProgress };
  const recording = await recordToFile(project, boot, scenario, path, options).finally(() => {
    progress.stop();
  });
  const { icount, writes, events, unmet } = recording;
  host.out(`${scenario.name}: ${icount} instructions, ${writes} writes, ${events} events -> ${args.output}\n`);
  if (unmet === undefined) return 0;
  host.err(`${describeUnmet(unmet)}\n`);
  return 1;
}

async function scenarioRun(args: RecordArgs, { cwd }: Host): Promise<Run> {
  const { scenario: name, symbols, until, keys } = args;
  if (name === undefined) throw new UsageError('record takes the name of a scenario, or --image');
  if (symbols !== undefined || until !== undefined || keys !== undefined) {
    throw new UsageError('--symbols, --until and --keys belong to --image');
  }
  const option = givenMachineOption(args);
  if (option !== undefined) throw new UsageError(`--${option} belongs to --image; a config says it as \`machine\``);
  const { loadProject } = await import('../config/load-config.ts');
  const { selectScenarios } = await import('../scenario/find-scenarios.ts');
  const { loadScenario } = await import('../scenario/load-scenario.ts');
  const { loadBootFiles } = await import('../run/files/boot-files.ts');
  const project = await loadProject(cwd);
  const [file] = selectScenarios(project.scenarios, [name]);
  return { project, scenario: await loadScenario(file), boot: loadBootFiles(project) };
}

async function imageRun(args: RecordArgs, { cwd }: Host): Promise<Run> {
  const { scenario, image = '', symbols, until, keys } = args;
  if (scenario !== undefined) throw new UsageError('record takes the name of a scenario or --image, not both');
  const { loadBootFiles } = await import('../run/files/boot-files.ts');
  const { unwrittenScenario } = await import('../scenario/unwritten-scenario.ts');
  const path = resolve(cwd, image);
  const choice = machineChoice(args, cwd);
  const boot = loadBootFiles({
    image: path,
    folder: cwd,
    config: { machine: choice },
    ...(symbols === undefined ? {} : { symbols: resolve(cwd, symbols) }),
  });
  const machine = { ...choice, ...(await driveChoice(args, boot.image.bytes)) };
  return {
    project: { config: { image, machine } },
    boot,
    scenario: unwrittenScenario(path, { until: until ?? [], keys: keys ?? [] }),
  };
}
