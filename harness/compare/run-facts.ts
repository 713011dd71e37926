import { type Fact, LENSES, type LensName, type Level, type RunView } from '../lenses/index.ts';

/** The facts of a run. Kept, they serve any number of comparisons; a single one has no use for them afterwards. */
export class RunFacts {
  readonly view: RunView;
  private readonly known: Map<string, readonly Fact[]> | undefined;

  constructor(view: RunView, { isKept = false } = {}) {
    this.view = view;
    this.known = isKept ? new Map() : undefined;
  }

  of(lens: LensName, level: Level): readonly Fact[] {
    const key = `${lens} ${level}`;
    const facts = this.known?.get(key) ?? LENSES[lens].facts(this.view, level);
    this.known?.set(key, facts);
    return facts;
  }
}
