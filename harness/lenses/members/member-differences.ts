import type { TypeNode } from '../../symbols/index.ts';
import type { CellHistory, CellsDetail } from '../fact.ts';
import { isDescriptorText } from '../memory/gates.ts';
import { type CellDifference, cellDifference, icountOf } from './cell-difference.ts';
import { type MemberSource, memberHistory } from './member-history.ts';
import { type Leaf, leavesOf } from './member-leaves.ts';

const CELL_BYTES = 4;

/**
 * What differs of the members that both runs' types have, wherever they lie. A member that only one of them has is as
 * little a difference as a variable that was added.
 */
export function* differingMembers(
  golden: CellsDetail,
  current: CellsDetail,
  goldenType: TypeNode,
  currentType: TypeNode,
): Generator<CellDifference> {
  const [theirs, ours] = [sourceOf(golden), sourceOf(current)];
  const pages = current.image.end - golden.image.end;
  const known = new Map([...leavesOf(goldenType)].map((leaf) => [leaf.path, leaf]));
  for (const leaf of leavesOf(currentType)) {
    const other = known.get(leaf.path);
    const difference = other === undefined ? undefined : memberDifference(other, theirs, leaf, ours, pages);
    if (difference !== undefined) yield difference;
  }
}

/** Looks into cells that differ, of objects whose members lie alike in both runs. */
export class CellMembers {
  private readonly theirs: MemberSource;
  private readonly ours: MemberSource;
  private readonly type: TypeNode;
  private readonly pages: number;
  private readonly told = new Set<string>();

  constructor(golden: CellsDetail, current: CellsDetail, type: TypeNode) {
    this.theirs = sourceOf(golden);
    this.ours = sourceOf(current);
    this.type = type;
    this.pages = current.image.end - golden.image.end;
  }

  /** The first difference of a member in the cell; the cell's own where it is one member, 'none' if none differs. */
  within(whole: CellDifference): CellDifference | 'none' {
    const { offset } = whole;
    const isNamed = [whole.expected, whole.actual].some(
      (value) => value !== undefined && isDescriptorText(value.normal),
    );
    if (whole.lateIcount !== undefined || isNamed || offset >= this.type.sizeBytes) return whole;
    const leaves = [...leavesOf(this.type, offset, offset + CELL_BYTES)];
    if (leaves.length === 1 && leaves[0].offset === offset && leaves[0].sizeBytes === CELL_BYTES) return whole;
    const news = leaves.filter(({ path }) => !this.told.has(path));
    for (const { path } of news) this.told.add(path);
    const differences = news.flatMap((leaf) => memberDifference(leaf, this.theirs, leaf, this.ours, this.pages) ?? []);
    return differences.sort((a, b) => icountOf(a) - icountOf(b))[0] ?? 'none';
  }
}

function memberDifference(
  golden: Leaf,
  theirs: MemberSource,
  current: Leaf,
  ours: MemberSource,
  morePages: number,
): CellDifference | undefined {
  const difference = cellDifference(memberHistory(golden, theirs), memberHistory(current, ours), morePages);
  return difference === undefined ? undefined : { ...difference, offset: current.offset, path: current.path };
}

function sourceOf(detail: CellsDetail): MemberSource {
  const { offsets } = detail.cells();
  const rows = new Map(Array.from(offsets, (offset, row) => [offset, row]));
  const known = new Map<number, CellHistory>();
  const cellAt = (offset: number): CellHistory | undefined => {
    const row = rows.get(offset);
    if (row === undefined) return undefined;
    const history = known.get(offset) ?? detail.history(row);
    known.set(offset, history);
    return history;
  };
  return { cellAt, nameOf: detail.nameOf, startsAtZero: detail.isGlobal };
}
