import { join, relative } from 'node:path';
import { renderScreen } from '../../emulator/index.ts';
import type { TextScreen, TraceReader } from '../../traces/index.ts';
import { comparePixels } from '../lenses/index.ts';
import type { ScreenOutcome } from '../report/gate-outcome.ts';
import { encodePng } from '../report/png.ts';
import { writeFileWhole } from './files/output-file.ts';
import { sameValue } from './same-value.ts';

/** Where pictures are written, and the folder from which their paths are shown. */
export interface PictureFolder {
  readonly folder: string;
  readonly shownFrom: string | undefined; // undefined: paths are shown absolute
}

/** Writes PNG files of every screen that both runs captured and that isn't the same. Errors: OperatingError. */
export function writePictures(
  target: PictureFolder,
  golden: TraceReader,
  actual: TraceReader,
): readonly ScreenOutcome[] {
  const expected = capturedScreens(golden);
  const current = capturedScreens(actual);
  return [...expected].flatMap(([name, screen]) => {
    const other = current.get(name);
    return other === undefined || sameValue(screen, other) ? [] : [writePicturesOf(target, name, screen, other)];
  });
}

/** Writes a PNG file of every screen of a run that has no golden to compare with; gives the names of the files. */
export function writeNewPictures(folder: string, actual: TraceReader): readonly string[] {
  return [...screenPictures(actual)].map(([name, png]) => {
    const file = `${name}-actual.png`;
    writeFileWhole(join(folder, file), png);
    return file;
  });
}

/** The screens of a trace by their names, in the order in which they were captured. */
export function capturedScreens(reader: TraceReader): ReadonlyMap<string, TextScreen> {
  const screens = new Map<string, TextScreen>();
  for (const event of reader.events({ kinds: ['screen'] })) {
    if (event.kind === 'screen') screens.set(event.name, event.screen);
  }
  return screens;
}

/** PNG bytes of every captured screen by its name. */
export function screenPictures(reader: TraceReader): ReadonlyMap<string, Uint8Array> {
  const screens = [...capturedScreens(reader)];
  return new Map(screens.map(([name, screen]) => [name, encodePng(renderScreen(screen))]));
}

function writePicturesOf(
  { folder, shownFrom }: PictureFolder,
  name: string,
  expected: TextScreen,
  actual: TextScreen,
): ScreenOutcome {
  const pixels = comparePixels(expected, actual);
  const write = (side: 'expected' | 'actual' | 'difference'): string => {
    const path = join(folder, `${name}-${side}.png`);
    writeFileWhole(path, pixels[side]);
    return shownFrom === undefined ? path : relative(shownFrom, path);
  };
  const files = { expected: write('expected'), actual: write('actual'), difference: write('difference') };
  return { name, differingPixels: pixels.differing, files };
}
