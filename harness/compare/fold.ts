import { type Fact, LENS_NAMES } from '../lenses/index.ts';
import type { Cause } from './cause.ts';
import { causeId } from './cause-id.ts';
import type { Difference } from './difference.ts';
import { paragraphOf } from './paragraph.ts';

/** A cause in the making. */
interface OpenCause {
  readonly leader: Difference;
  readonly followers: Difference[];
}

/** Sorts differences into causes: one cause, one paragraph, the earliest first. */
export function foldCauses(differences: readonly Difference[]): readonly Cause[] {
  const index = new CauseIndex();
  for (const difference of [...differences].sort(inOrderOfTelling)) index.add(difference);
  index.causes.sort((a, b) => inOrder(a.leader, b.leader));
  return index.causes.map(({ leader, followers }) => ({
    id: causeId(leader),
    paragraph: paragraphOf(leader, followers),
    lens: leader.lens,
    differences: [leader, ...followers],
    followers: followers.length,
    at: leader.at,
  }));
}

// What an allocator keeps for itself changes before its results do, yet the results tell the story. What a run that
// ended early lacks has no time of its own; and that a scenario waits in vain or ends otherwise comes of all that.
function inOrderOfTelling(a: Difference, b: Difference): number {
  return phaseOf(a) - phaseOf(b) || inOrder(a, b);
}

function phaseOf(difference: Difference): number {
  if (difference.shiftAxis !== undefined) return 1;
  if (isStop(difference)) return 3;
  return difference.isTail ? 2 : 0;
}

function inOrder(a: Difference, b: Difference): number {
  return a.order - b.order || LENS_NAMES.indexOf(a.lens) - LENS_NAMES.indexOf(b.lens);
}

class CauseIndex {
  readonly causes: OpenCause[] = [];
  private readonly byChange = new Map<string, OpenCause>();
  private readonly bySpot = new Map<string, OpenCause>();
  private readonly bySubject = new Map<string, OpenCause>();
  private readonly byStorer = new Map<string, OpenCause>(); // memory: function that stored
  private readonly byAllocator = new Map<string, OpenCause>();
  private readonly byAxis = new Map<string, OpenCause>();
  private readonly byChip = new Map<string, OpenCause>(); // ports: what one chip is told is one sequence
  private readonly byTables = new Map<string, OpenCause>(); // paging: space whose tables are stored to
  private firstMemory: OpenCause | undefined;
  private ender: OpenCause | undefined; // the first cause after which the run may well have stopped

  add(difference: Difference): void {
    const cause = this.causeOf(difference) ?? this.open(difference);
    if (cause.leader !== difference) cause.followers.push(difference);
    this.remember(difference, cause);
  }

  private causeOf(difference: Difference): OpenCause | undefined {
    if (difference.shiftAxis !== undefined) {
      const cause = this.byAxis.get(difference.shiftAxis);
      if (cause !== undefined) return cause;
    }
    return (
      this.byChange.get(changeKey(difference)) ??
      this.bySpot.get(spotKey(difference) ?? '') ??
      this.causeOfResult(difference) ??
      subjectsOf(difference)
        .map((subject) => this.bySubject.get(subject))
        .find((cause) => cause !== undefined) ??
      this.byStorer.get(storerKey(difference) ?? '') ??
      this.byTables.get(tablesKey(difference) ?? '') ??
      this.byChip.get(chipKey(difference) ?? '') ??
      (isStack(difference) ? this.firstMemory : undefined) ??
      (difference.isTail || isStop(difference) ? this.ender : undefined)
    );
  }

  // Results of an allocator move when anything about an earlier call has changed; nothing else about them has.
  private causeOfResult(difference: Difference): OpenCause | undefined {
    if (difference.kind !== 'changed' || difference.lens !== 'allocations') return undefined;
    const { expected, actual } = difference;
    return expected.kin === actual.kin ? this.byAllocator.get(allocatorOf(actual)) : undefined;
  }

  private open(difference: Difference): OpenCause {
    const cause = { leader: difference, followers: [] };
    this.causes.push(cause);
    return cause;
  }

  private remember(difference: Difference, cause: OpenCause): void {
    setOnce(this.byChange, changeKey(difference), cause);
    setOnce(this.bySpot, spotKey(difference), cause);
    setOnce(this.byStorer, storerKey(difference), cause);
    setOnce(this.byTables, tablesKey(difference), cause);
    setOnce(this.byChip, chipKey(difference), cause);
    for (const subject of explainedSubjects(difference)) setOnce(this.bySubject, subject, cause);
    if (difference.lens === 'allocations') {
      for (const fact of factsOf(difference)) {
        setOnce(this.byAllocator, allocatorOf(fact), cause);
        setOnce(this.byAxis, fact.shift?.axis, cause);
      }
    }
    if (difference.lens === 'memory') this.firstMemory ??= cause;
    if (difference.isTail || isException(difference)) this.ender ??= cause;
  }
}

function setOnce(map: Map<string, OpenCause>, key: string | undefined, cause: OpenCause): void {
  if (key !== undefined && !map.has(key)) map.set(key, cause);
}

function factsOf(difference: Difference) {
  if (difference.kind === 'changed') return [difference.expected, difference.actual];
  return [difference.kind === 'missing' ? difference.expected : difference.actual];
}

function subjectsOf(difference: Difference): readonly string[] {
  return factsOf(difference).flatMap((fact) => fact.subjects ?? []);
}

/**
 * What a difference explains beyond itself: blocks that now overlap, have another size or don't exist differ in
 * their contents, too; a space with another directory maps something else. A block that only moved explains nothing.
 */
function explainedSubjects(difference: Difference): readonly string[] {
  if (difference.lens === 'allocations') {
    const isMoved = difference.kind === 'changed' && difference.expected.shift?.rest === difference.actual.shift?.rest;
    return isMoved ? [] : subjectsOf(difference);
  }
  const isLoad = factsOf(difference).some((fact) => fact.key.startsWith('CR3 '));
  return difference.lens === 'paging' && isLoad ? subjectsOf(difference) : [];
}

function changeKey(difference: Difference): string {
  return `${difference.lens} ${difference.kind} ${difference.change}`;
}

// Two lenses that tell of one instruction tell of one event. Stores are no such event: one may matter to many objects.
function spotKey(difference: Difference): string | undefined {
  const { eip, icount } = difference.at;
  if (eip === undefined || difference.lens === 'memory' || difference.lens === 'screen') return undefined;
  return `${difference.kind === 'missing' ? 'golden' : 'actual'} ${icount} ${eip}`;
}

function storerKey(difference: Difference): string | undefined {
  return difference.lens === 'memory' ? difference.at.function : undefined;
}

// Stores to tables that golden doesn't have, whoever makes them: tables are taken for something else.
function tablesKey(difference: Difference): string | undefined {
  const isChange = difference.kind === 'added' && difference.actual.track.startsWith('changes of ');
  return isChange ? difference.actual.track : undefined;
}

function chipKey(difference: Difference): string | undefined {
  return difference.lens === 'ports' ? factsOf(difference)[0].track : undefined;
}

function allocatorOf(fact: Fact): string {
  return fact.key.slice(0, fact.key.indexOf(' from '));
}

function isException(difference: Difference): boolean {
  return difference.kind !== 'missing' && difference.actual.track === 'exceptions';
}

// Another process on the processor is another stack in use: no cause of its own once something else has differed.
function isStack(difference: Difference): boolean {
  return difference.lens === 'memory' && factsOf(difference).every((fact) => fact.kin === 'stack');
}

function isStop(difference: Difference): boolean {
  return factsOf(difference).some((fact) => fact.track === 'stop');
}
