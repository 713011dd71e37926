import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TextScreen } from '../../traces/index.ts';
import type { NamedTrace } from '../run/trace/open-trace.ts';
import type { AddCommand } from './command-line.ts';
import type { Host } from './host.ts';

/** `gilt screen TRACE|SCENARIO`: a recorded screen as a PNG, or as text in the terminal. */
export const screenCommand: AddCommand = (parser, start) =>
  parser.command(
    'screen <source>',
    'show a recorded screen of a trace, or of a scenario that is run now',
    (command) =>
      command
        .positional('source', { type: 'string', demandOption: true, describe: "a trace file or a scenario's name" })
        .option('name', { type: 'string', describe: 'which screen; default the last one' })
        .option('output', { alias: 'o', type: 'string', describe: 'a PNG to write, instead of the text' })
        .example('$0 screen boot', 'the text on the screen at the end of boot')
        .example('$0 screen golden/boot/trace.msgpack -o boot.png', 'the pixels'),
    (args) => {
      start(async (host) => {
        const trace = await openSource(host, args.source);
        const screen = await pickScreen(trace, args.name);
        if (args.output === undefined) await printScreen(host, screen);
        else await writePng(resolve(host.cwd, args.output), screen);
        return 0;
      });
    },
  );

async function openSource(host: Host, source: string): Promise<NamedTrace> {
  const path = resolve(host.cwd, source);
  const { openTraceFile } = await import('../run/trace/open-trace.ts');
  if (existsSync(path) && statSync(path).isFile()) return openTraceFile(path);
  const { loadProject } = await import('../config/load-config.ts');
  const { selectScenarios } = await import('../scenario/find-scenarios.ts');
  const { loadScenario } = await import('../scenario/load-scenario.ts');
  const { loadBootFiles } = await import('../run/files/boot-files.ts');
  const { recordInMemory } = await import('../run/record-scenario.ts');
  const project = await loadProject(host.cwd);
  const [file] = selectScenarios(project.scenarios, [source]);
  const scenario = await loadScenario(file);
  const { trace } = await recordInMemory(project, loadBootFiles(project), scenario, { engine: 'forms' });
  return trace;
}

async function pickScreen({ name: source, reader }: NamedTrace, name: string | undefined): Promise<TextScreen> {
  const { OperatingError } = await import('../../emulator/index.ts');
  const { capturedScreens } = await import('../run/screen-pictures.ts');
  const screens = capturedScreens(reader);
  const names = [...screens.keys()];
  const screen = screens.get(name ?? names.at(-1) ?? '');
  if (screen !== undefined) return screen;
  if (names.length === 0) throw new OperatingError(source, 'no screen was recorded');
  throw new OperatingError(source, `no screen "${name}"; there is ${names.join(', ')}`);
}

async function printScreen(host: Host, screen: TextScreen): Promise<void> {
  const { picture } = screen;
  if (screen.rows === 0 && picture !== undefined) {
    host.out(`a picture of ${picture.width}x${picture.height} pixels; -o FILE.png writes it\n`);
    return;
  }
  const { screenRows } = await import('../scenario/screen-rows.ts');
  const { escapeLine } = await import('../report/escape.ts');
  const rows = screenRows(screen).map((row) => escapeLine(row));
  host.out(`${rows.join('\n').trimEnd()}\n`);
}

async function writePng(path: string, screen: TextScreen): Promise<void> {
  const { renderScreen } = await import('../../emulator/index.ts');
  const { encodePng } = await import('../report/png.ts');
  const { writeFileWhole } = await import('../run/files/output-file.ts');
  writeFileWhole(path, encodePng(renderScreen(screen)));
}
