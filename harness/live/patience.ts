const USUAL_SECONDS = 30;
const USUAL_ICOUNT = 4_000_000_000; // some guests draw for ever

/** How much longer than usual a run may take whose guest may see so many seconds pass. */
export function patience(seconds: number): number {
  return Math.max(1, seconds / USUAL_SECONDS);
}

/** How many instructions such a run, or a wait of it, may take. */
export function longestIcount(seconds: number): number {
  return USUAL_ICOUNT * patience(seconds);
}
