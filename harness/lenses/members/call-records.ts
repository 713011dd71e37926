import type { TypeNode } from '../../symbols/index.ts';
import type { CellsDetail } from '../fact.ts';
import type { CellDifference } from './cell-difference.ts';
import { memberPath } from './members.ts';

const WORD_BYTES = 4;

/**
 * Tells which differences are of arrays in which the kernel keeps who called whom, such as a lock's callers: words that
 * hold return addresses. How many calls there are between two functions is the compiler's choice.
 */
export function callRecordsIn(
  differences: Iterable<CellDifference>,
  { isReturn }: Pick<CellsDetail, 'isReturn'>,
  golden: Pick<CellsDetail, 'isReturn'>,
  type: TypeNode | undefined,
): (difference: CellDifference) => boolean {
  if (type === undefined || !holdsWords(type)) return () => false;
  const patternOf = ({ path, offset }: CellDifference) => pattern(path ?? memberPath(type, offset));
  const known = new Set<string>();
  for (const difference of differences) {
    const { expected, actual } = difference;
    const isRecord =
      (expected !== undefined && golden.isReturn(expected.number)) || (actual !== undefined && isReturn(actual.number));
    if (isRecord) known.add(patternOf(difference));
  }
  const records = new Set([...known].filter((each) => each.endsWith('[]')));
  return (difference) => records.size > 0 && records.has(patternOf(difference));
}

// ".lock.pcs[3]" and ".lock.pcs[4]" are of one array.
function pattern(path: string): string {
  return path.replaceAll(/\[\d+\]/g, '[]');
}

/** Does the type have an array of plain words anywhere in it? */
function holdsWords(type: TypeNode): boolean {
  if (type.kind === 'array')
    return (type.element.kind === 'base' && type.element.sizeBytes === WORD_BYTES) || holdsWords(type.element);
  return (type.kind === 'struct' || type.kind === 'union') && type.members.some((member) => holdsWords(member.type));
}
