import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { EngineName } from '../../emulator/index.ts';
import type { Project } from '../config/load-config.ts';
import type { GateWork, Threads } from '../gate/judge-pool.ts';
import type { ScenarioOutcome } from '../report/gate-outcome.ts';
import type { AddCommand } from './command-line.ts';
import { type ExitCode, type Host, isCi, usesColor } from './host.ts';
import { ENGINE_OPTION } from './options/options.ts';
import { parseReporters } from './options/reporter-option.ts';
import { progressText, startProgress } from './progress.ts';
import { UsageError } from './usage-error.ts';

interface GateArgs {
  readonly scenarios: readonly string[];
  readonly image: string | undefined;
  readonly symbols: string | undefined;
  readonly report: string | undefined;
  readonly json: boolean;
  readonly reporter: readonly string[];
  readonly jobs: number | undefined;
  readonly all: boolean;
  readonly bisect: boolean;
  readonly engine: EngineName;
}

/** Another thread does for the first time what this one has done, which in a gate of a few seconds takes longer than it saves. */
const HELP_AFTER_MS = 3000;

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
        .option('reporter', {
          type: 'string',
          array: true,
          default: [],
          requiresArg: true,
          describe: 'terminal, json, junit or github, or NAME=FILE; may be repeated',
        })
        .option('json', { type: 'boolean', default: false, describe: 'short for --reporter json' })
        .option('jobs', {
          type: 'number',
          describe: 'how many scenarios run at a time; default one, and one per core after 3 s',
        })
        .option('all', { type: 'boolean', default: false, describe: 'list every difference below its cause' })
        .option('bisect', {
          type: 'boolean',
          default: false,
          describe: 'for git bisect run: build first; 125 when this commit cannot be built or judged',
        })
        .option('engine', ENGINE_OPTION)
        .example('$0 gate', 'all scenarios')
        .example('$0 gate boot keyboard', 'two of them')
        .example('$0 gate --reporter github --reporter junit=gilt.xml', 'in a workflow of GitHub')
        .example('git bisect run npx $0 gate --bisect', 'with goldens that git does not change on the way')
        .example('$0 gate --image other.img --symbols other.elf', 'another kernel, the same goldens'),
    (args) => {
      start((host) => gate(args, host));
    },
  );

async function gate(args: GateArgs, host: Host): Promise<ExitCode> {
  const reporters = parseReporters(args.reporter, args.json);
  const { loadProject } = await import('../config/load-config.ts');
  const { bisectExitCode, gateExitCode } = await import('../report/gate-outcome.ts');
  const { renderJson } = await import('../report/json.ts');
  const { report } = await import('../report/reporters.ts');
  const { sourceLocator } = await import('../report/locate-source.ts');
  const { writeFileWhole } = await import('../run/files/output-file.ts');
  const { GENERATOR } = await import('../version.ts');
  const project = await loadProject(host.cwd);
  if (args.bisect && args.image === undefined) await buildHere(project);
  const folder = args.report === undefined ? project.report : resolve(host.cwd, args.report);
  const outcomes = await judgeScenarios(args, host, project, folder);
  writeFileWhole(join(folder, 'report.json'), renderJson(GENERATOR, outcomes));
  await report(outcomes, reporters, {
    generator: GENERATOR,
    terminal: { useColor: usesColor(host), listFollowers: args.all },
    locate: sourceLocator(host.env.GITHUB_WORKSPACE ?? host.cwd, dirname(project.symbols ?? project.configFile)),
    cwd: host.cwd,
    stepSummary: host.env.GITHUB_STEP_SUMMARY,
    out: host.out,
  });
  return args.bisect ? bisectExitCode(outcomes) : gateExitCode(outcomes);
}

/** Runs the build command of the config, where there is one. Errors: OperatingError. */
async function buildHere({ config, configFile, folder }: Project): Promise<void> {
  if (config.build === undefined) return;
  const { OperatingError } = await import('../../emulator/index.ts');
  const { runShell } = await import('../commits/shell.ts');
  const reason = await runShell(config.build, folder);
  if (reason !== undefined) throw new OperatingError(configFile, reason);
}

/** The outcomes of the scenarios in their order; then, if all are asked for, goldens without a scenario. */
async function judgeScenarios(
  args: GateArgs,
  host: Host,
  project: Project,
  report: string,
): Promise<readonly ScenarioOutcome[]> {
  const { selectScenarios } = await import('../scenario/find-scenarios.ts');
  const { GoldenStore } = await import('../golden/store.ts');
  const { staleGoldens } = await import('../golden/stale.ts');
  const { canHelp, judgeAll } = await import('../gate/judge-pool.ts');
  const files = selectScenarios(project.scenarios, args.scenarios);
  const isContinuous = isCi(host);
  const stale = args.scenarios.length > 0 ? [] : staleGoldens(project, new GoldenStore(project.golden, isContinuous));
  const work = {
    files,
    project,
    bootPaths: bootPaths(args, host, project),
    engine: args.engine,
    isCi: isContinuous,
    report,
  };
  const progress = await startProgress(host);
  const onProgress = (scenario: string, icount: number): void => progress.show(progressText(scenario, icount));
  const { helpers, delayMs } = threadsOf(args);
  const threads = { helpers: canHelp() ? helpers : 0, delayMs };
  const outcomes = await judgeAll({ ...work, shownFrom: host.cwd }, threads, onProgress).finally(() => {
    progress.stop();
  });
  return [...outcomes, ...stale.map((scenario): ScenarioOutcome => ({ kind: 'stale', scenario }))];
}

function threadsOf({ jobs }: GateArgs): Threads {
  if (jobs === undefined) return { helpers: availableParallelism() - 1, delayMs: HELP_AFTER_MS };
  if (!Number.isSafeInteger(jobs) || jobs < 1) throw new UsageError('--jobs takes a count, 1 or more');
  return { helpers: jobs - 1, delayMs: 0 };
}

function bootPaths({ image, symbols }: GateArgs, host: Host, project: Project): GateWork['bootPaths'] {
  if (image === undefined && symbols === undefined) return project;
  if (image === undefined) throw new UsageError('--symbols belongs to --image: give both');
  if (symbols === undefined && project.symbols !== undefined) {
    throw new UsageError('--image needs --symbols with it: the symbols of the config belong to another image');
  }
  const { folder, config } = project;
  const paths = { folder, config, image: resolve(host.cwd, image) };
  return symbols === undefined ? paths : { ...paths, symbols: resolve(host.cwd, symbols) };
}
