import type { ReadStream, WriteStream } from 'node:tty';
import type { Terminal, TerminalListener } from './terminal.ts';

const FALLBACK = { columns: 80, rows: 24 } as const; // some pseudo terminals have no size

/** The terminal that the process was started in. */
export class NodeTerminal implements Terminal {
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  #listener: TerminalListener | undefined;

  constructor(input: ReadStream, output: WriteStream) {
    this.#input = input;
    this.#output = output;
  }

  get columns(): number {
    return this.#output.columns || FALLBACK.columns;
  }

  get rows(): number {
    return this.#output.rows || FALLBACK.rows;
  }

  /** Terminals are written to at once, so this is out even when the process ends right after. */
  write(text: string): void {
    this.#output.write(text);
  }

  open(listener: TerminalListener): void {
    this.#listener = listener;
    this.#input.setRawMode(true);
    this.#input.on('data', listener.onBytes).resume();
    this.#output.on('resize', listener.onResize);
    process.on('exit', listener.onExit);
  }

  close(): void {
    if (this.#listener === undefined) return;
    this.#input.off('data', this.#listener.onBytes).pause();
    this.#output.off('resize', this.#listener.onResize);
    process.off('exit', this.#listener.onExit);
    this.#input.setRawMode(false);
    this.#listener = undefined;
  }
}
