import { setTimeout as sleep } from 'node:timers/promises';
import { screenRows } from '../scenario/screen-rows.ts';
import { KeyDecoder } from './key-decoder.ts';
import type { LiveGuest, LiveView } from './live-guest.ts';
import { Pacer } from './pacer.ts';
import { SerialText } from './serial-text.ts';
import type { Terminal } from './terminal.ts';
import { TextPainter } from './text-painter.ts';

const SLICE_ICOUNT = 50_000; // 10 ms of a guest that waits
const FRAME_MS = 33;
const CTRL_C = 3;

const ENTER = '\x1b[?1049h\x1b[?7l'; // the other screen, and no wrapping at its right edge
const LEAVE = '\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l';

export interface TerminalViewOptions {
  readonly terminal: Terminal;
  readonly shows: 'screen' | 'serial' | 'both';
  readonly hasColours: boolean;
  readonly title: string; // one line, already safe to print
  /** For what stays to be read after the guest's screen is gone. */
  readonly out: (text: string) => Promise<void>;
}

/** Shows the guest in a terminal while it runs, in real time; Ctrl-C leaves. */
export class TerminalView implements LiveView {
  readonly sliceIcount = SLICE_ICOUNT;
  readonly #options: TerminalViewOptions;
  readonly #painter: TextPainter;
  readonly #keys = new KeyDecoder();
  readonly #serial = new SerialText();
  readonly #pacer = new Pacer(() => performance.now());
  #serialTail = '';
  #shownFooter = '';
  #nextFrameMs = 0;
  #isLeaving = false;

  constructor(options: TerminalViewOptions) {
    this.#options = options;
    this.#painter = new TextPainter(options.hasColours);
  }

  open(guest: LiveGuest): void {
    const { terminal } = this.#options;
    terminal.open({
      onBytes: (bytes) => this.#takeBytes(guest, bytes),
      onResize: () => this.#painter.forget(),
      onExit: () => this.#leave(),
    });
    if (this.#showsScreen) terminal.write(ENTER);
  }

  async turn(guest: LiveGuest): Promise<{ readonly kind: 'left' } | undefined> {
    const isFrame = performance.now() >= this.#nextFrameMs;
    if (isFrame) this.#show(guest);
    const lead = this.#pacer.lead(guest.seconds);
    if (lead > 1) await sleep(lead);
    return this.#isLeaving ? { kind: 'left' } : undefined;
  }

  async close(guest: LiveGuest): Promise<void> {
    this.#show(guest);
    this.#leave();
    if (!this.#showsScreen) return;
    const rows = screenRows(guest.screen()).join('\n').trimEnd();
    await this.#options.out(rows === '' ? '' : `${rows}\n`);
  }

  get #showsScreen(): boolean {
    return this.#options.shows !== 'serial';
  }

  #takeBytes(guest: LiveGuest, bytes: Uint8Array): void {
    if (this.#showsScreen) {
      for (const typed of this.#keys.decode(bytes)) {
        if (typed === 'leave') this.#isLeaving = true;
        else guest.press(typed);
      }
      return;
    }
    if (bytes.includes(CTRL_C)) this.#isLeaving = true;
    else guest.sendSerial(bytes);
  }

  #show(guest: LiveGuest): void {
    const { terminal, shows } = this.#options;
    const serial = this.#serial.decode(guest.takeSerial());
    if (shows === 'serial') terminal.write(serial);
    else {
      const screen = guest.screen();
      const painted = this.#painter.paint(screen, terminal);
      const footer = this.#footer(screen.rows, serial);
      if (painted !== '' || footer !== this.#shownFooter) terminal.write(painted + footer);
      this.#shownFooter = footer;
    }
    this.#nextFrameMs = performance.now() + FRAME_MS;
  }

  /** Under the screen, as far as there is room: the title, and the last lines from COM1. */
  #footer(screenRowCount: number, serial: string): string {
    const { terminal, shows, title } = this.#options;
    const room = terminal.rows - screenRowCount;
    if (room < 1) return '';
    this.#serialTail = (this.#serialTail + serial).slice(-terminal.columns * terminal.rows);
    const tail =
      shows === 'both'
        ? this.#serialTail
            .split('\n')
            .map(plainLine)
            .slice(1 - room)
        : [];
    const lines = room > 1 ? [title, ...tail] : [title];
    const text = lines.map(
      (line, index) => `\x1b[${screenRowCount + 1 + index};1H\x1b[2m${line.slice(0, terminal.columns)}\x1b[0m\x1b[K`,
    );
    return `\x1b7${text.join('')}\x1b8`; // the cursor stays the guest's
  }

  #leave(): void {
    if (this.#showsScreen) this.#options.terminal.write(LEAVE);
    this.#options.terminal.close();
  }
}

function plainLine(line: string): string {
  return line.replace(/[\t\r\b]/g, '');
}
