import type { Fact, Place, Shift } from '../fact.ts';
import type { RunView } from '../run-view.ts';
import type { Allocator } from './allocators.ts';
import type { Outcome } from './build-heap.ts';
import type { HeapObject } from './heap.ts';
import type { Operation } from './operations.ts';

/**
 * Each call of a probed function from outside: arguments, result as region + offset, who asked. What a pool is filled with
 * begins at the end of the kernel in most of them, so it shows in the results alone.
 */
export function operationFacts(view: RunView): readonly Fact[] {
  const homes = homeRegions(view);
  const outcomes = view.blocks.outcomes.filter(({ isFill }) => !isFill);
  return outcomes.map((outcome) => new OperationFact(view, outcome, homes.get(outcome.operation.probe)));
}

/** Made by the hundred thousand, and nearly always equal: what is told of it is put together when asked for. */
class OperationFact implements Fact {
  readonly lens = 'allocations';
  readonly track = 'calls';
  private readonly view: RunView;
  private readonly outcome: Outcome;
  private readonly home: string | undefined;

  constructor(view: RunView, outcome: Outcome, home: string | undefined) {
    this.view = view;
    this.outcome = outcome;
    this.home = home;
  }

  get key(): string {
    const { operation, name } = this.outcome;
    return this.isFree ? operation.probe : name.site;
  }

  get kin(): string {
    return this.told.kin;
  }

  isEqual(other: Fact): boolean {
    if (this.key !== other.key) return false;
    if (!(other instanceof OperationFact)) return this.value === other.value;
    return this.isPlainlyLike(other) || this.value === other.value || this.isAtSameAddress(other);
  }

  /** A pool that begins behind the kernel and hands out from its end gives the same addresses in every build. */
  private isAtSameAddress(other: OperationFact): boolean {
    const [{ operation, freed, badPointer }, theirs] = [this.outcome, other.outcome];
    if (operation.probe !== theirs.operation.probe || badPointer !== theirs.badPointer) return false;
    if (this.isFree) return operation.pointer === theirs.operation.pointer && (freed ?? theirs.freed) === undefined;
    const [{ shift }, { shift: theirShift }] = [this.told, other.told];
    return operation.result === theirs.operation.result && shift !== undefined && shift.rest === theirShift?.rest;
  }

  /** Do both come to the same so plainly that no words are needed to see it? */
  private isPlainlyLike(other: OperationFact): boolean {
    const [golden, actual] = [this.outcome, other.outcome];
    if (!this.isSound || !other.isSound || golden.operation.probe !== actual.operation.probe) return false;
    if (this.isFree && other.isFree && golden.freed !== undefined) {
      return golden.freed.identity === actual.freed?.identity;
    }
    const [born, twin] = [this.plainlyBorn, other.plainlyBorn];
    if (born === undefined || twin === undefined) return false;
    const { args } = actual.operation;
    if (args.length !== golden.operation.args.length) return false;
    if (golden.operation.args.some((arg, i) => arg !== args[i])) return false;
    const [place, twinPlace] = [this.view.names.position(born.start), other.view.names.position(twin.start)];
    return place.axis === twinPlace.axis && place.offset === twinPlace.offset;
  }

  /** What was handed out for numbers alone. */
  private get plainlyBorn(): HeapObject | undefined {
    const { args, allocator } = this.outcome.operation;
    return args.every((_, i) => i === allocator?.size || i === allocator?.count) ? this.outcome.born : undefined;
  }

  get value(): string {
    return this.told.value;
  }

  get text(): string {
    return this.told.text;
  }

  get at(): Place {
    return this.outcome.operation.at;
  }

  get shift(): Shift | undefined {
    return this.told.shift;
  }

  get subjects(): readonly string[] | undefined {
    return this.told.subjects;
  }

  get finding(): string | undefined {
    return this.isSound ? undefined : this.told.finding;
  }

  private get isSound(): boolean {
    const { overlapped, badPointer } = this.outcome;
    return overlapped === undefined && badPointer === undefined && this.home === undefined;
  }

  private get isFree(): boolean {
    const kind = this.outcome.operation.allocator?.kind;
    return kind === 'free' || kind === 'free-frames';
  }

  private get told(): Told {
    return this.isFree ? freeFact(this.view, this.outcome) : callFact(this.view, this.outcome, this.home);
  }
}

/** What an operation came to, for comparison and in words. */
interface Told {
  readonly kin: string;
  readonly value: string;
  readonly text: string;
  readonly shift?: Shift;
  readonly subjects?: readonly string[];
  readonly finding?: string;
}

/** What must be given back and never is, by who asked for it. */
export function leakFacts(view: RunView): readonly Fact[] {
  const bySite = new Map<string, { readonly first: Operation; count: number; sizeBytes: number }>();
  for (const { operation, name, born } of view.blocks.outcomes) {
    if (operation.allocator?.mustFree !== true || born === undefined || born.diedIcount !== Number.POSITIVE_INFINITY) {
      continue;
    }
    const { site } = name;
    const leak = bySite.get(site) ?? { first: operation, count: 0, sizeBytes: 0 };
    leak.count++;
    leak.sizeBytes += born.sizeBytes;
    bySite.set(site, leak);
  }
  return [...bySite].map(([site, { first, count, sizeBytes }]) => {
    const blocks = count === 1 ? '1 block' : `${count} blocks`;
    const text = `${blocks} of ${first.probe}, ${sizeBytes} bytes, ${count === 1 ? 'is' : 'are'} never given back, asked for`;
    const value = `${count} of ${sizeBytes}`;
    return {
      lens: 'allocations',
      track: 'leaks',
      key: `leak ${site}`,
      value,
      text,
      at: first.at,
      finding: text,
    } as const;
  });
}

function callFact(view: RunView, { operation, born, freed, overlapped, badPointer }: Outcome, home?: string): Told {
  const { probe, args } = operation;
  const argument = (arg: number, i: number) => argumentText(view, operation, freed, arg, i);
  const normalCall = `${probe}(${args.map((arg, i) => argument(arg, i).normal).join(', ')})`;
  const text = `${probe}(${args.map((arg, i) => argument(arg, i).text).join(', ')})`;
  const fact = { kin: normalCall };
  const bad = badPointer === undefined ? '' : `, of a block that was ${badPointer}`;
  if (operation.result === undefined) {
    return { ...fact, value: `${normalCall}${bad} never returns`, text: `${text}${bad} never returns` };
  }
  if (born === undefined)
    return { ...fact, ...resultOf(view, operation, normalCall, `${text}${bad}`), ...found(text, bad) };
  const overlap = overlapped === undefined ? '' : `, overlapping ${overlapped.label}`;
  const outside = home === undefined || isHome(view, born, operation) ? '' : `, outside of ${home}`;
  const normalBad = `${bad}${overlapped === undefined ? '' : ` overlaps ${overlapped.identity}`}${outside}`;
  const { axis, offset } = view.names.position(born.start);
  const rest = `${normalCall}${normalBad}`;
  const sentence = `${text} returns ${view.names.region(born.start)}${bad}${overlap}${outside}`;
  return {
    ...fact,
    value: `${rest} = ${axis}+${offset}`,
    text: sentence,
    shift: { axis, position: offset, rest },
    subjects: overlapped === undefined ? [born.identity] : [born.identity, overlapped.identity],
    ...found(sentence, normalBad),
  };
}

function resultOf(view: RunView, { result = 0, allocator, icount }: Operation, normalCall: string, text: string) {
  if (allocator === undefined || result === allocator.failure) {
    const isFailure = allocator === undefined ? result === 0 : result === allocator.failure;
    const name = view.names.value(result, icount);
    const outcome = isFailure ? `fails (returns ${name.text})` : `returns ${name.text}`;
    return { value: `${normalCall} = ${name.normal}`, text: `${text} ${outcome}` };
  }
  const name = view.names.value(result, icount);
  return { value: `${normalCall} = ${name.normal}`, text: `${text} returns ${name.text}` };
}

function freeFact(view: RunView, { operation, freed, badPointer }: Outcome): Told {
  const { probe, icount, pointer = 0 } = operation;
  const finding = badPointer === undefined ? '' : ` (${badPointer})`;
  const name = freed?.identity ?? view.names.value(pointer, icount).normal;
  const place = view.names.region(pointer);
  const text = `${probe}(${freed === undefined ? place : `${place}, ${freed.label}`})${finding}`;
  const subjects = freed === undefined ? [] : [freed.identity];
  return { kin: `${probe} of a block`, value: `${name}${finding}`, text, subjects, ...found(text, finding) };
}

function found(sentence: string, finding: string): { readonly finding?: string } {
  return finding === '' ? {} : { finding: sentence };
}

// A size is a number, even one that might be an address.
function argumentText(
  view: RunView,
  { allocator, icount, esp }: Operation,
  freed: HeapObject | undefined,
  arg: number,
  i: number,
) {
  if (i === allocator?.size || i === allocator?.count) return { normal: String(arg), text: numberText(arg) };
  if (i === allocator?.pointer && freed !== undefined)
    return { normal: `&${freed.identity}`, text: view.names.region(arg) };
  // Where a caller keeps what is to be filled in is the compiler's choice.
  if (view.names.isSameStack(arg, esp, icount)) return { normal: 'on the stack', text: numberText(arg) };
  return { normal: view.names.normal(arg, icount), text: numberText(arg) };
}

function numberText(number: number): string {
  return number < 0x10000 ? String(number) : `0x${number.toString(16)}`;
}

/**
 * Which configured region the results of each allocator belong to: the one that it names, or that of its first result. An
 * allocator that names none may go on in another one.
 */
function homeRegions(view: RunView): ReadonlyMap<string, string> {
  const homes = new Map<string, string>();
  for (const { operation, born } of view.blocks.outcomes) {
    if (born === undefined || homes.has(operation.probe)) continue;
    const home = homeOf(view, operation.allocator, born);
    if (home !== undefined) homes.set(operation.probe, home);
  }
  return homes;
}

function homeOf(view: RunView, allocator: Allocator | undefined, first: HeapObject): string | undefined {
  if (allocator?.region !== undefined) return allocator.region;
  const around = view.regions.find(({ start, end }) => start <= first.start && first.start < end);
  return around?.isGuess === false ? around.name : undefined;
}

function isHome(view: RunView, { start, sizeBytes }: HeapObject, { allocator }: Operation): boolean {
  return view.regions.some(
    ({ name, isGuess, start: low, end }) =>
      (allocator?.region ?? name) === name && !isGuess && low <= start && start + sizeBytes <= end,
  );
}
