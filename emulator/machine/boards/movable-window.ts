import type { MmioClaim } from '../../bus/mmio-space.ts';
import type { Access } from '../../cpu/access.ts';

/** Gives a function that opens a window at a physical address and closes it where it was before. */
export function movableWindow(
  access: Access,
  claimAt: (first: number) => MmioClaim,
): (first: number | undefined) => void {
  let open: MmioClaim | undefined;
  return (first) => {
    if (first === open?.first) return;
    if (open !== undefined) access.closeWindow(open);
    open = first === undefined ? undefined : claimAt(first);
    if (open !== undefined) access.openWindow(open);
  };
}
