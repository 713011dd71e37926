import type { TextScreen } from '../../traces/index.ts';
import { lastScreen } from './last-screen.ts';
import type { LiveGuest, LiveView } from './live-guest.ts';
import { longestIcount, patience } from './patience.ts';

const SLICE_ICOUNT = 4_000_000;
const QUIET_SECONDS = 10; // of the guest's time, if it worked less than QUIET_WORK in them: one that counts to wait says more
const QUIET_WORK = 300_000_000; // instructions; one that works on does more, even if only the busy limit brings it time
const QUIET_ICOUNT = 3_000_000_000;
// Of processor time: a guest that faults for ever is slow, and its time hardly passes.
const QUIET_MS = 20_000;
const LONGEST_MS = 120_000;
const NOTHING = new Uint8Array(0);

export interface PlainViewOptions {
  readonly showsScreen: boolean;
  readonly showsSerial: boolean;
  /** A run without an end of its own ends when nothing new comes any more, and at the latest after so many seconds. */
  readonly longestSeconds: number | undefined;
  readonly out: (text: string | Uint8Array) => Promise<void>;
}

/** Shows the guest to a pipe or a file: the bytes of COM1 as they come, the screen as text at the end. */
export class PlainView implements LiveView {
  readonly sliceIcount = SLICE_ICOUNT;
  readonly #options: PlainViewOptions;
  #screen: TextScreen | undefined;
  #news = { seconds: 0, icount: 0, work: 0, ms: processorMs() };
  #startMs = 0;

  constructor(options: PlainViewOptions) {
    this.#options = options;
  }

  open(): void {
    this.#startMs = performance.now();
  }

  async turn(guest: LiveGuest): Promise<{ readonly kind: 'quiet' | 'timeout' } | undefined> {
    const { seconds, icount, work } = guest;
    const ms = processorMs();
    if (await this.#hasNews(guest)) this.#news = { seconds, icount, work, ms };
    const { longestSeconds } = this.#options;
    if (longestSeconds === undefined) return undefined;
    const isOver = performance.now() - this.#startMs >= LONGEST_MS * patience(longestSeconds);
    if (seconds >= longestSeconds || icount >= longestIcount(longestSeconds) || isOver) return { kind: 'timeout' };
    const news = this.#news;
    const hasRested = seconds - news.seconds >= QUIET_SECONDS && work - news.work < QUIET_WORK;
    const isQuiet = hasRested || icount - news.icount >= QUIET_ICOUNT || ms - news.ms >= QUIET_MS;
    return isQuiet ? { kind: 'quiet' } : undefined;
  }

  async close(guest: LiveGuest): Promise<void> {
    await this.#sendSerial(guest);
    if (!this.#options.showsScreen) return;
    await this.#options.out(lastScreen(guest.screen()));
  }

  async #hasNews(guest: LiveGuest): Promise<boolean> {
    const before = this.#screen;
    this.#screen = guest.screen();
    const hasSent = await this.#sendSerial(guest);
    return hasSent || before === undefined || !isSame(before, this.#screen);
  }

  async #sendSerial(guest: LiveGuest): Promise<boolean> {
    const bytes = guest.takeSerial();
    if (bytes.length === 0) return false;
    if (this.#options.showsSerial) await this.#options.out(bytes);
    return true;
  }
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function isSame(one: TextScreen, other: TextScreen): boolean {
  return (
    Buffer.compare(one.characters, other.characters) === 0 &&
    Buffer.compare(one.attributes, other.attributes) === 0 &&
    Buffer.compare(one.picture?.rgb ?? NOTHING, other.picture?.rgb ?? NOTHING) === 0
  );
}
