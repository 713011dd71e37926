import { setTimeout as sleep } from 'node:timers/promises';
import type { ScreenPicture } from '../../traces/index.ts';
import { KITTY_CLEAR } from './graphics/png-image.ts';
import { answersSixel, type Graphics, guessGraphics, pictureText } from './graphics/protocol.ts';
import { KeyDecoder } from './key-decoder.ts';
import { lastScreen } from './last-screen.ts';
import type { LiveGuest, LiveView } from './live-guest.ts';
import { Pacer } from './pacer.ts';
import { SerialText } from './serial-text.ts';
import type { Terminal } from './terminal.ts';
import { TextPainter } from './text-painter.ts';

const SLICE_ICOUNT = 50_000; // 10 ms of a guest that waits
const FRAME_MS = 33;
const PICTURE_MS = 100;
const CTRL_C = 3;

const ENTER = '\x1b[?1049h\x1b[?7l'; // the other screen, and no wrapping at its right edge
const ASK_ATTRIBUTES = '\x1b[c';
const LEAVE = '\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l';

export interface TerminalViewOptions {
  readonly terminal: Terminal;
  readonly shows: 'screen' | 'serial' | 'both';
  readonly hasColours: boolean;
  /** For graphics modes; `auto` asks the terminal, too. */
  readonly graphics: Graphics | 'auto';
  readonly env: { readonly [name: string]: string | undefined };
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
  #graphics: Graphics;
  #picture: ScreenPicture | undefined; // that is shown

  constructor(options: TerminalViewOptions) {
    this.#options = options;
    this.#graphics = options.graphics === 'auto' ? guessGraphics(options.env) : options.graphics;
    this.#painter = new TextPainter(options.hasColours);
  }

  open(guest: LiveGuest): void {
    const { terminal } = this.#options;
    terminal.open({
      onBytes: (bytes) => this.#takeBytes(guest, bytes),
      onResize: () => this.#forget(),
      onExit: () => this.#leave(),
    });
    if (this.#showsScreen) terminal.write(this.#mayAskForSixel ? ENTER + ASK_ATTRIBUTES : ENTER);
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
    await this.#options.out(lastScreen(guest.screen()));
  }

  get #showsScreen(): boolean {
    return this.#options.shows !== 'serial';
  }

  get #mayAskForSixel(): boolean {
    return this.#options.graphics === 'auto' && this.#graphics === 'blocks';
  }

  #forget(): void {
    this.#painter.forget();
    this.#picture = undefined;
  }

  #takeBytes(guest: LiveGuest, bytes: Uint8Array): void {
    if (this.#showsScreen) {
      if (this.#mayAskForSixel && answersSixel(Buffer.from(bytes).toString('latin1'))) this.#graphics = 'sixel';
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
    this.#nextFrameMs = performance.now() + FRAME_MS;
    if (shows === 'serial') {
      terminal.write(serial);
      return;
    }
    const screen = guest.screen();
    if (screen.columns === 0) {
      this.#showPicture(screen.picture);
      return;
    }
    const painted = this.#wipePicture() + this.#painter.paint(screen, terminal);
    const footer = this.#footer(screen.rows, serial);
    if (painted !== '' || footer !== this.#shownFooter) terminal.write(painted + footer);
    this.#shownFooter = footer;
  }

  /** A graphics mode; nothing while the screen is off. */
  #showPicture(picture: ScreenPicture | undefined): void {
    const { terminal } = this.#options;
    this.#nextFrameMs = performance.now() + PICTURE_MS;
    if (picture === undefined || isSame(picture, this.#picture)) return;
    const isNew = this.#picture?.width !== picture.width || this.#picture.height !== picture.height;
    const clear = isNew ? `${this.#wipePicture()}\x1b[0m\x1b[2J\x1b[?25l` : '';
    this.#painter.forget();
    this.#picture = picture;
    terminal.write(clear + pictureText({ ...picture, rgba: rgbaOf(picture) }, this.#graphics, terminal));
  }

  /** The painter clears the screen, but not what kitty keeps above it. */
  #wipePicture(): string {
    const hasPicture = this.#picture !== undefined;
    this.#picture = undefined;
    return hasPicture && this.#graphics === 'kitty' ? KITTY_CLEAR : '';
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
    if (this.#showsScreen) this.#options.terminal.write(this.#wipePicture() + LEAVE);
    this.#options.terminal.close();
  }
}

function isSame(one: ScreenPicture, other: ScreenPicture | undefined): boolean {
  return other !== undefined && one.width === other.width && Buffer.compare(one.rgb, other.rgb) === 0;
}

function rgbaOf({ width, height, rgb }: ScreenPicture): Uint8Array {
  const rgba = new Uint8Array(width * height * 4).fill(0xff);
  for (let pixel = 0; pixel < width * height; pixel++) rgba.set(rgb.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
  return rgba;
}

function plainLine(line: string): string {
  return line.replace(/[\t\r\b]/g, '');
}
