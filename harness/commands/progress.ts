import type { Host } from './host.ts';

/** Shows what long work is at. */
export interface Progress {
  show(text: string): void;
  stop(): void;
}

const SILENT: Progress = { show: () => undefined, stop: () => undefined };

/** A spinner on a terminal's stderr; nothing at all when that is a pipe or a file. */
export async function startProgress(host: Host): Promise<Progress> {
  if (!host.isErrTerminal) return SILENT;
  const { default: ora } = await import('ora');
  const spinner = ora({ stream: process.stderr, discardStdin: false }).start();
  return {
    show: (text) => {
      spinner.text = text;
    },
    stop: () => {
      spinner.stop();
    },
  };
}

/** "boot: 12.3 million instructions" */
export function progressText(name: string, icount: number): string {
  return `${name}: ${(icount / 1_000_000).toFixed(1)} million instructions`;
}
