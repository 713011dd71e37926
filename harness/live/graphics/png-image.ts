import { encodePng, type Picture } from '../../report/png.ts';
import type { Area } from '../text-painter.ts';
import { cellsFor } from './fit.ts';

const CHUNK_CHARACTERS = 4096;

/**
 * A PNG by kitty's graphics protocol (sw.kovidgoyal.net/kitty/graphics-protocol): image 1, which replaces the one before;
 * the cursor stays and the terminal doesn't answer.
 */
export function kittyImage(picture: Picture, area: Area): string {
  const { columns, rows } = cellsFor(picture, area);
  const data = Buffer.from(encodePng(picture)).toString('base64');
  const chunks = data.match(new RegExp(`.{1,${CHUNK_CHARACTERS}}`, 'g')) ?? [];
  const parts = chunks.map((chunk, index) => {
    const keys = index === 0 ? `a=T,f=100,i=1,p=1,q=2,C=1,c=${columns},r=${rows},` : '';
    return `\x1b_G${keys}m=${index === chunks.length - 1 ? 0 : 1};${chunk}\x1b\\`;
  });
  return `\x1b[1;1H${parts.join('')}`;
}

/** Takes back what kittyImage has drawn. */
export const KITTY_CLEAR = '\x1b_Ga=d,d=A,q=2\x1b\\';

/** A PNG by iTerm2's inline images (iterm2.com/documentation-images.html). */
export function inlineImage(picture: Picture, area: Area): string {
  const { columns, rows } = cellsFor(picture, area);
  const png = encodePng(picture);
  const size = `size=${png.length};width=${columns};height=${rows};preserveAspectRatio=1;inline=1`;
  return `\x1b[1;1H\x1b]1337;File=${size}:${Buffer.from(png).toString('base64')}\x07`;
}
