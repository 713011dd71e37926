import { join, resolve } from 'node:path';
import type { Project } from '../config/load-config.ts';
import type { ScenarioOutcome } from '../report/gate-outcome.ts';
import type { ScenarioFile } from '../scenario/find-scenarios.ts';
import type { AddCommand } from './command-line.ts';
import { type ExitCode, type Host, isCi, usesColor } from './host.ts';
import { ENGINE_OPTION } from './options.ts';
import { progressText, startProgress } from './progress.ts';
import { UsageError } from './usage-error.ts';

interface GateArgs {
  readonly scenarios: readonly string[];
  readonly image: string | undefined;
  readonly symbols: string | undefined;
  readonly report: string | undefined;
  readonly json: boolean;
  readonly all: boolean;
  readonly engine: 'forms' | 'oracle';
}

/** `gilt gate [SCENARIO...]`: runs scenarios and compares them with their goldens. */
export const gateCommand: AddCommand = (parser, start) =>
  parser.command(
    'gate [scenarios..]',
    'run scenarios and compare them with golden/',
    (command) =>
      command
        .positional('scenarios', { type: 'string', array: true, default: [], describe: 'names; default all' })
        .option('image', { type: 'string', describe: "boot this image instead of the config's" })
        .option('symbols', { type: 'string', describe: 'the ELF that belongs to --image' })
        .option('report', { type: 'string', describe: 'the folder for traces, pictures, report.json', normalize: true })
        .option('json', { type: 'boolean', default: false, describe: 'print the JSON report instead of text' })
        .option('all', { type: 'boolean', default: false, describe: 'list every difference below its cause' })
        .option('engine', ENGINE_OPTION)
        .example('$0 gate', 'all scenarios')
        .example('$0 gate boot keyboard', 'two of them')
        .example('$0 gate --image other.img --symbols other.elf', 'another kernel, the same goldens'),
    (args) => {
      start((host) => gate(args, host));
    },
  );

async function gate(args: GateArgs, host: Host): Promise<ExitCode> {
  const { loadProject } = await import('../config/load-config.ts');
  const { selectScenarios } = await import('../scenario/find-scenarios.ts');
  const { gateExitCode } = await import('../report/gate-outcome.ts');
  const { renderJson } = await import('../report/json.ts');
  const { renderGate } = await import('../report/terminal.ts');
  const { writeFileWhole } = await import('../run/output-file.ts');
  const { GENERATOR } = await import('../version.ts');
  const project = await loadProject(host.cwd);
  const report = args.report === undefined ? project.report : resolve(host.cwd, args.report);
  const outcomes = await judgeAll(args, host, project, report, selectScenarios(project.scenarios, args.scenarios));
  const json = renderJson(GENERATOR, outcomes);
  writeFileWhole(join(report, 'report.json'), json);
  await host.out(args.json ? json : renderGate(outcomes, { useColor: usesColor(host), listFollowers: args.all }));
  return gateExitCode(outcomes);
}

/** One scenario after the other. */
async function judgeAll(
  args: GateArgs,
  host: Host,
  project: Project,
  report: string,
  files: readonly ScenarioFile[],
): Promise<readonly ScenarioOutcome[]> {
  const { GoldenStore } = await import('../golden/store.ts');
  const { loadBootFiles } = await import('../run/boot-files.ts');
  const { judge } = await import('../run/judge.ts');
  const boot = loadBootFiles(bootPaths(args, host, project));
  const store = new GoldenStore(project.golden, isCi(host));
  const shownFrom = host.cwd;
  const progress = await startProgress(host);
  const onProgress = (scenario: string, icount: number): void => progress.show(progressText(scenario, icount));
  const outcomes: ScenarioOutcome[] = [];
  try {
    for (const file of files) {
      outcomes.push(await judge(file, { project, boot, engine: args.engine, store, report, shownFrom, onProgress }));
    }
  } finally {
    progress.stop();
  }
  return outcomes;
}

function bootPaths(
  { image, symbols }: GateArgs,
  host: Host,
  project: { readonly image: string; readonly symbols?: string },
): { readonly image: string; readonly symbols?: string } {
  if (image === undefined && symbols === undefined) return project;
  if (image === undefined) throw new UsageError('--symbols belongs to --image: give both');
  if (symbols === undefined && project.symbols !== undefined) {
    throw new UsageError('--image needs --symbols with it: the symbols of the config belong to another image');
  }
  const paths = { image: resolve(host.cwd, image) };
  return symbols === undefined ? paths : { ...paths, symbols: resolve(host.cwd, symbols) };
}
