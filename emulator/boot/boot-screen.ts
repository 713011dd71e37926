import type { BootScreen } from './boot-request.ts';
import type { VideoWish } from './multiboot1-header.ts';

export const TEXT_SCREEN: BootScreen = {
  isText: true,
  physical: 0xb8000,
  width: 80,
  height: 25,
  depth: 16,
  pitchBytes: 160,
};

const DEPTHS = [15, 16, 24, 32];
const DEFAULT = { width: 1024, height: 768, depth: 32 } as const;
const LARGEST = { width: 2560, height: 1600 } as const; // what 16 MiB hold at 32 bits

/** The mode that is nearest to what a kernel asks for: text unless it wants pixels. */
export function screenFor(wish: VideoWish | undefined, framebufferPhysical: number): BootScreen {
  if (wish === undefined || wish.isText) return TEXT_SCREEN;
  const fits = wish.width > 0 && wish.height > 0 && wish.width <= LARGEST.width && wish.height <= LARGEST.height;
  const { width, height } = fits ? wish : DEFAULT;
  const depth = DEPTHS.includes(wish.depth) ? wish.depth : DEFAULT.depth;
  const evenWidth = (width + 7) & ~7; // as the VGA has it
  return {
    isText: false,
    physical: framebufferPhysical,
    width: evenWidth,
    height,
    depth,
    pitchBytes: evenWidth * Math.ceil(depth / 8),
  };
}
