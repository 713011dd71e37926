import type { Fact, Mask } from '../lenses/index.ts';
import type { MaskReport } from './verdict.ts';

/** Takes masked facts out of both runs and counts what each mask hid. */
export class MaskCounter {
  private readonly masks: readonly Mask[];
  private readonly hidden: number[];

  constructor(masks: readonly Mask[]) {
    this.masks = masks;
    this.hidden = masks.map(() => 0);
  }

  /** The facts that no mask hides. */
  visible(facts: readonly Fact[]): readonly Fact[] {
    return facts.filter((fact) => {
      const index = this.masks.findIndex((mask) => hides(mask, fact));
      if (index >= 0) this.hidden[index]++;
      return index < 0;
    });
  }

  /** Masks of whole facts; masks of screen cells hide parts of facts, which nobody counts yet. */
  report(): readonly MaskReport[] {
    return this.masks.flatMap((mask, i) => (mask.kind === 'facts' ? [{ mask, hiddenFacts: this.hidden[i] }] : []));
  }
}

function hides(mask: Mask, fact: Fact): boolean {
  return mask.kind === 'facts' && mask.lens === fact.lens && matches(mask.key, fact.key);
}

function matches(pattern: string, key: string): boolean {
  const [first, ...rest] = pattern.split('*');
  if (!key.startsWith(first)) return false;
  if (rest.length === 0) return key === first;
  const last = rest.pop() ?? '';
  let at = first.length;
  for (const part of rest) {
    const found = key.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return key.length - last.length >= at && key.endsWith(last);
}
