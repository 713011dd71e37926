import type { StopReason } from '../../../traces/index.ts';
import type { UnmetWait } from '../../scenario/unmet-wait.ts';

/** A wait that wasn't met, in a paragraph: what was waited for, how it ended, where the guest was, what it showed. */
export function describeUnmet({ waitedFor, ending, icount, place, registers, screen }: UnmetWait): string {
  const { eip, eax, ebx, ecx, edx, esi, edi, ebp, esp } = registers;
  const values = Object.entries({ eip, eax, ebx, ecx, edx, esi, edi, ebp, esp });
  const shown = values.map(([name, value]) => `${name}=${value.toString(16).padStart(8, '0')}`).join(' ');
  const rows =
    screen.length === 0 ? ['the screen is blank'] : ['the screen shows:', ...screen.map((row) => `| ${row}`)];
  const sentence = `the scenario waited for ${waitedFor} in vain: ${describeStop(ending)}`;
  return [`${sentence} at icount ${icount} in ${place}`, shown, ...rows].join('\n  ');
}

/** Why a run ended, in words. */
export function describeStop(reason: StopReason): string {
  switch (reason.kind) {
    case 'instruction-limit':
      return 'its limit of instructions passed';
    case 'halted':
      return 'the guest halted with interrupts off';
    case 'triple-fault':
      return `the guest shut down by a triple fault (vectors ${reason.vectors.join(', ')})`;
    case 'exit-port':
      return `the guest left by the exit port with ${reason.value}`;
    case 'reset':
      return `the guest reset the machine by ${reason.by}`;
    case 'unhandled':
      return `the guest met something gilt does not have (${reason.what})`;
    default:
      return 'the scenario ended';
  }
}
