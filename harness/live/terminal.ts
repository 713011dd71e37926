/** A terminal in whose raw mode a guest can be shown. Tests give their own. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
  /** From here on what is typed comes as bytes, unechoed, and a change of size is told. */
  open(listener: TerminalListener): void;
  /** The terminal as it was before. Must not wait: it is also called while the process ends. */
  close(): void;
}

export interface TerminalListener {
  readonly onBytes: (bytes: Uint8Array) => void;
  readonly onResize: () => void;
  /** The process is about to end: the last chance to put the terminal right. */
  readonly onExit: () => void;
}
