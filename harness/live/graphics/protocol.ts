import type { Picture } from '../../report/png.ts';
import type { Area } from '../text-painter.ts';
import { halfBlocks } from './half-blocks.ts';
import { inlineImage, kittyImage } from './png-image.ts';
import { sixelImage } from './sixel.ts';

export const GRAPHICS = ['kitty', 'iterm', 'sixel', 'blocks'] as const;
export type Graphics = (typeof GRAPHICS)[number];

const KITTY_PROGRAMS = ['ghostty', 'WezTerm', 'kitty'];
const INLINE_PROGRAMS = ['iTerm.app', 'mintty'];

/** How a terminal shows pictures, as far as its environment tells; `blocks` works everywhere. */
export function guessGraphics(env: { readonly [name: string]: string | undefined }): Graphics {
  const [term = '', program = ''] = [env.TERM, env.TERM_PROGRAM];
  if (env.KITTY_WINDOW_ID !== undefined || term.includes('kitty') || KITTY_PROGRAMS.includes(program)) return 'kitty';
  if (INLINE_PROGRAMS.includes(program)) return 'iterm';
  return /^(foot|mlterm|contour|yaft)/.test(term) ? 'sixel' : 'blocks';
}

/** Does an answer to the question for device attributes (DA1) say that there are sixels? */
export function answersSixel(typed: string): boolean {
  const attributes = /\[\?([\d;]+)c/.exec(typed)?.[1].split(';') ?? [];
  return attributes.slice(1).includes('4');
}

/** What draws a picture from the terminal's upper left corner, as large as it fits. */
export function pictureText(picture: Picture, graphics: Graphics, area: Area): string {
  switch (graphics) {
    case 'kitty':
      return kittyImage(picture, area);
    case 'iterm':
      return inlineImage(picture, area);
    case 'sixel':
      return sixelImage(picture);
    case 'blocks':
      return halfBlocks(picture, area);
  }
}
