import type { Machine } from '../../emulator/index.ts';
import { describeStop } from '../run/describe/describe-unmet.ts';
import type { Symbols } from '../symbols/index.ts';
import type { LiveEnding } from './live-guest.ts';

/** One line: why a live run ended, after how many instructions and where. */
export function describeEnding(
  ending: Exclude<LiveEnding, { kind: 'unmet' }>,
  machine: Pick<Machine, 'icount' | 'pcLinear'>,
  symbols: Pick<Symbols, 'describe'>,
): string {
  return `${why(ending)}, after ${machine.icount} instructions in ${symbols.describe(machine.pcLinear)}`;
}

function why(ending: Exclude<LiveEnding, { kind: 'unmet' }>): string {
  switch (ending.kind) {
    case 'left':
      return 'left while the guest was running';
    case 'quiet':
      return 'nothing new came any more from the guest, which still runs';
    case 'timeout':
      return 'stopped after the time it was given; --seconds gives more';
    case 'hung':
      return 'the guest jumps on the spot with interrupts off';
    case 'met':
      return 'the guest came to where it should';
    case 'stopped':
      return describeStop(ending.reason);
  }
}
