import type { CrtController } from './crt-controller.ts';

const LINE_PIT_CLOCKS = 38;
const VISIBLE_LINE_PIT_CLOCKS = 30;
const OUTSIDE = 0x01;
const IN_RETRACE = 0x08;

/** Input status 1 at an icount: bit 0 outside the visible picture, bit 3 in vertical retrace. */
export function inputStatusAt(icount: number, crtc: CrtController, instructionsPerPitClock: number): number {
  const { totalLines, visibleLines, retraceLines } = crtc;
  const lineIcount = LINE_PIT_CLOCKS * instructionsPerPitClock;
  const frameIcount = icount % (lineIcount * totalLines);
  const line = Math.floor(frameIcount / lineIcount);
  const isLineOver = frameIcount % lineIcount >= VISIBLE_LINE_PIT_CLOCKS * instructionsPerPitClock;
  const isRetrace = line >= retraceLines[0] && line < retraceLines[1];
  return (line >= visibleLines || isLineOver ? OUTSIDE : 0) | (isRetrace ? IN_RETRACE : 0);
}
