import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { OperatingError } from '../../emulator/index.ts';
import { loadProject } from '../config/load-config.ts';
import { type BootFiles, loadBootFiles } from '../run/files/boot-files.ts';
import { listScenarios } from '../scenario/find-scenarios.ts';
import { VERSION } from '../version.ts';
import { configText, guessAllocators, guessLookalikes } from './config-text.ts';
import { type GuessedSymbols, guessSymbols } from './guess-symbols.ts';
import { scenarioText, waitText } from './scenario-text.ts';
import { survey } from './survey.ts';
import { type Trial, trialRun } from './trial-run.ts';
import { workflowText } from './workflow-text.ts';
import { addLines, writeOnce } from './write-once.ts';

/** What `gilt init` did, a line each, and the screen that the kernel had in the end. */
export interface Initiation {
  readonly lines: readonly string[];
  readonly screen: readonly string[];
  readonly changed: readonly string[]; // files to commit, relative to the folder
}

const IGNORED = ['.gilt/'];
const ATTRIBUTES = [
  'golden/** -text -diff linguist-generated',
  'golden/**/summary.txt diff',
  'golden/**/accepted.json diff',
];

/**
 * Makes a project of a folder with a bootable image or a multiboot kernel: config, first scenario, lines for git, a workflow. Nothing that is
 * there is overwritten. Errors: OperatingError where there is no image to boot.
 */
export async function init(folder: string): Promise<Initiation> {
  const { images, kernels, elfs, makefiles } = survey(folder);
  const [image, ...otherImages] = images.length > 0 ? images : kernels;
  if (image === undefined) throw noImage(folder, makefiles);
  const { image: imageFile } = loadBootFiles({ image: join(folder, image) });
  const guessed = guessSymbols(folder, kernels.includes(image) ? [image] : elfs, imageFile.bytes);
  const makefile = nearestMakefile(makefiles, image);
  const build = makefile === undefined ? undefined : buildCommand(makefile);
  const boot = loadBootFiles(bootPaths(folder, image, guessed));
  const trial = await trialRun(boot);
  const written = [
    writeConfig(folder, { image, guessed, build, boot }),
    await writeScenario(folder, trial),
    ...addGitLines(folder),
    writeWorkflow(folder, build, makefile),
  ];
  return {
    lines: [...foundLines(image, otherImages, guessed, build), ...written.map(({ line }) => line)],
    screen: trial.screen,
    changed: written.flatMap(({ file }) => (file === undefined ? [] : [file])),
  };
}

/** A line about a file, and the file if it was written. */
interface Written {
  readonly line: string;
  readonly file?: string;
}

function noImage(folder: string, makefiles: readonly string[]): OperatingError {
  const [makefile] = makefiles;
  const hint =
    makefile === undefined ? 'put it here, or run this where it is' : `run \`${buildCommand(makefile)}\` first`;
  return new OperatingError(
    folder,
    `no bootable disk image (a first sector that ends with 55 AA) and no multiboot kernel in this folder: ${hint}`,
  );
}

function bootPaths(folder: string, image: string, guessed: GuessedSymbols | undefined) {
  const paths = { image: join(folder, image) };
  return guessed === undefined ? paths : { ...paths, symbols: join(folder, guessed.path) };
}

/** The Makefile of the folder itself, or the nearest one above the image. */
function nearestMakefile(makefiles: readonly string[], image: string): string | undefined {
  const isAbove = (file: string): boolean => dirname(file) === '.' || image.startsWith(`${dirname(file)}/`);
  return makefiles.filter(isAbove).sort((a, b) => a.split('/').length - b.split('/').length)[0];
}

function buildCommand(makefile: string): string {
  return dirname(makefile) === '.' ? 'make' : `make -C ${dirname(makefile)}`;
}

function foundLines(
  image: string,
  others: readonly string[],
  guessed: GuessedSymbols | undefined,
  build: string | undefined,
): readonly string[] {
  const also =
    others.length === 0
      ? ''
      : ` (there ${others.length === 1 ? 'is' : 'are'} ${others.length} more, such as ${others[0]})`;
  const isKernel = guessed?.path === image;
  const doubt =
    guessed?.isInImage === false ? ' (its code was not found in the image: check that it belongs to it)' : '';
  return [
    `found ${image}, ${isKernel ? 'a multiboot kernel' : 'a bootable image'}${also}`,
    guessed === undefined ? 'found no ELF: addresses will have no names' : `found ${guessed.path}, its symbols${doubt}`,
    build === undefined ? 'found no Makefile' : `found a Makefile: \`${build}\` builds it`,
  ];
}

interface ConfigParts {
  readonly image: string;
  readonly guessed: GuessedSymbols | undefined;
  readonly build: string | undefined;
  readonly boot: BootFiles;
}

function writeConfig(folder: string, { image, guessed, build, boot }: ConfigParts): Written {
  const [allocators, lookalikes] = [guessAllocators(boot.symbols), guessLookalikes(boot.symbols)];
  return fileLine(
    folder,
    'gilt.config.ts',
    configText({ image, symbols: guessed?.path, build, allocators, lookalikes }),
  );
}

/** Where a config that was there keeps its scenarios; one of those is as good as ours. */
async function writeScenario(folder: string, trial: Trial): Promise<Written> {
  const { scenarios } = await loadProject(folder);
  const file = relative(folder, scenarios).split(sep).join('/');
  if (existsSync(scenarios) && listScenarios(scenarios).length > 0) return { line: `kept ${file}/ as it was` };
  return fileLine(folder, `${file}/boot.scenario.ts`, scenarioText(trial), `: ${waitText(trial)}`);
}

function fileLine(folder: string, file: string, text: string, note = ''): Written {
  if (!writeOnce(join(folder, file), text)) return { line: `kept ${file} as it was` };
  return { line: `wrote ${file}${note}`, file };
}

function addGitLines(folder: string): readonly Written[] {
  return (
    [
      ['.gitignore', IGNORED],
      ['.gitattributes', ATTRIBUTES],
    ] as const
  ).map(([file, lines]) => {
    const added = addLines(join(folder, file), lines).length;
    if (added === 0) return { line: `kept ${file} as it was` };
    return { line: `added ${added} ${added === 1 ? 'line' : 'lines'} to ${file}`, file };
  });
}

function writeWorkflow(folder: string, build: string | undefined, makefile: string | undefined): Written {
  const repository = repositoryOf(folder);
  const text = workflowText({
    folder: relative(repository, folder).split(sep).join('/'),
    build,
    makefile: makefile === undefined ? '' : readFileSync(join(folder, makefile), 'utf8'),
    isInstalled: isInstalled(folder),
    version: VERSION,
  });
  const file = relative(folder, join(repository, '.github/workflows/gilt.yml'));
  return fileLine(folder, file.split(sep).join('/'), text);
}

/** The folder with .git, in which GitHub looks for workflows; without one, the folder itself. */
function repositoryOf(folder: string): string {
  for (let each = folder; ; each = dirname(each)) {
    if (existsSync(join(each, '.git'))) return each;
    if (dirname(each) === each) return folder;
  }
}

function isInstalled(folder: string): boolean {
  const file = join(folder, 'package.json');
  return (
    existsSync(join(folder, 'package-lock.json')) && existsSync(file) && /"gilt"\s*:/.test(readFileSync(file, 'utf8'))
  );
}
