import { type Fact, hidesCell, hidesFact, type Mask, type ScreenRow } from '../lenses/index.ts';
import type { MaskReport } from './verdict.ts';

const BLANK = 0x20;

/** Takes masked facts out of both runs and counts what each mask hid. */
export class MaskCounter {
  private readonly counts: readonly MaskCount[];

  constructor(masks: readonly Mask[]) {
    this.counts = masks.map((mask) => new MaskCount(mask));
  }

  /** The facts of one lens and of both runs that no mask hides. */
  visible(golden: readonly Fact[], actual: readonly Fact[]): readonly [readonly Fact[], readonly Fact[]] {
    if (this.counts.length === 0) return [golden, actual];
    this.countCells(golden, actual);
    return [this.visibleOf(golden, 1), this.visibleOf(actual, -1)];
  }

  report(): readonly MaskReport[] {
    return this.counts.map((each) => each.report());
  }

  private visibleOf(facts: readonly Fact[], sign: 1 | -1): readonly Fact[] {
    return facts.filter((fact) => {
      const count = this.counts.find(({ mask }) => hidesFact(mask, fact.lens, fact.key));
      count?.addFact(fact, sign);
      return count === undefined;
    });
  }

  private countCells(golden: readonly Fact[], actual: readonly Fact[]): void {
    const rows = new Map(actual.flatMap((fact) => rowOf(fact)));
    for (const [key, expected] of golden.flatMap(rowOf)) {
      const row = rows.get(key);
      if (row !== undefined) for (const count of this.counts) count.addCells(expected, row);
    }
  }
}

class MaskCount {
  readonly mask: Mask;
  private hidden = 0;
  private differing = 0;
  private readonly balance = new Map<string, number>(); // facts of golden minus facts of actual

  constructor(mask: Mask) {
    this.mask = mask;
  }

  addFact(fact: Fact, sign: 1 | -1): void {
    this.hidden++;
    const name = JSON.stringify([fact.track, fact.key, fact.value]);
    this.balance.set(name, (this.balance.get(name) ?? 0) + sign);
  }

  addCells(expected: ScreenRow, actual: ScreenRow): void {
    const { mask } = this;
    if (mask.kind !== 'cells') return;
    for (let column = 0; column < actual.characters.length; column++) {
      if (!hidesCell(mask, actual.screen, actual.index, column)) continue;
      const [golden, current] = [expected.characters[column], actual.characters[column]];
      const isSame = golden === current && expected.attributes[column] === actual.attributes[column];
      if (!isSame || !isBlank(current)) this.hidden++;
      if (!isSame) this.differing++;
    }
  }

  report(): MaskReport {
    const balances = [...this.balance.values()];
    const missing = balances.reduce((sum, each) => sum + Math.max(0, each), 0);
    const added = balances.reduce((sum, each) => sum + Math.max(0, -each), 0);
    return { mask: this.mask, hidden: this.hidden, differing: this.differing + Math.max(missing, added) };
  }
}

function rowOf(fact: Fact): readonly (readonly [string, ScreenRow])[] {
  return fact.detail?.kind === 'row' ? [[`${fact.track} ${fact.key}`, fact.detail.row]] : [];
}

function isBlank(character: number | undefined): boolean {
  return character === BLANK || character === 0 || character === undefined;
}
