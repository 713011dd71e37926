import type { Host } from './host.ts';

const BATCH_CHARS = 65_536;

/** Prints text that may be longer than a string can be, in batches, no faster than a pipe's reader takes them. */
export async function outAll(host: Pick<Host, 'out'>, pieces: Iterable<string>): Promise<void> {
  let batch = '';
  for (const piece of pieces) {
    batch += piece;
    if (batch.length < BATCH_CHARS) continue;
    await host.out(batch);
    batch = '';
  }
  await host.out(batch);
}
