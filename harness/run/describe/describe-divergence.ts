import type { Divergence } from '../replay.ts';
import type { Observation } from '../trace/trace-matcher.ts';
import { describeEvent } from './describe-event.ts';
import { describeWrite } from './describe-write.ts';

/** The first divergence of a replay in a paragraph, both sides under each other. */
export function describeDivergence(divergence: Divergence): string {
  const { icount, place, instruction, expected, actual, registers } = divergence;
  const { eax, ebx, ecx, edx, esi, edi, ebp, esp } = registers;
  const values = Object.entries({ eax, ebx, ecx, edx, esi, edi, ebp, esp });
  return [
    `diverges at icount ${icount} in ${place}: ${instruction}`,
    `recorded ${describeSide(expected)}`,
    `replayed ${describeSide(actual)}`,
    values.map(([name, value]) => `${name}=${value.toString(16).padStart(8, '0')}`).join(' '),
  ].join('\n  ');
}

function describeSide(side: Observation | undefined): string {
  if (side === undefined) return 'nothing more';
  return side.kind === 'write' ? `write ${describeWrite(side.row)}` : describeEvent(side.event);
}
