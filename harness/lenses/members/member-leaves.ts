import type { AggregateType, ArrayType, Member, TypeNode } from '../../symbols/index.ts';

/** A piece of a variable that is compared by itself: at most 32 bits, with the C expression that leads to it. */
export interface Leaf {
  readonly path: string;
  readonly offset: number;
  readonly sizeBytes: number; // 1 to 4; of a bit field those that it touches, up to 5
  readonly bits?: { readonly first: number; readonly count: number }; // from the lowest bit at `offset`
}

const WORD_BYTES = 4;

/** The leaves of a type that have bytes between `from` and `to`, in the order of their members. Padding is none. */
export function* leavesOf(type: TypeNode, from = 0, to = type.sizeBytes): Generator<Leaf> {
  yield* leavesAt(type, { path: '', offset: 0, from, to });
}

/** Do the two say of a member of one name that it lies elsewhere, or takes more or less? */
export function isMoved(golden: TypeNode, actual: TypeNode): boolean {
  if (golden.kind === 'array' && actual.kind === 'array') {
    return golden.element.sizeBytes !== actual.element.sizeBytes || isMoved(golden.element, actual.element);
  }
  if (!isAggregate(golden) || !isAggregate(actual)) return false;
  const known = new Map(golden.members.map((each) => [each.name, each]));
  return actual.members.some((member) => {
    const other = known.get(member.name);
    return other !== undefined && (placeOf(member) !== placeOf(other) || isMoved(other.type, member.type));
  });
}

interface Span {
  readonly path: string;
  readonly offset: number;
  readonly from: number;
  readonly to: number;
}

function* leavesAt(type: TypeNode, span: Span): Generator<Leaf> {
  if (type.kind === 'array' && !(type.element.kind === 'base' && type.element.sizeBytes < WORD_BYTES)) {
    yield* elementsOf(type, span);
  } else if (isAggregate(type)) {
    for (const member of representatives(type)) yield* memberLeaves(member, span);
  } else {
    yield* words(type, span);
  }
}

function* elementsOf({ element, count }: ArrayType, span: Span): Generator<Leaf> {
  if (element.sizeBytes === 0) return;
  const first = Math.max(0, Math.floor((span.from - span.offset) / element.sizeBytes));
  for (let i = first; i < count; i++) {
    const offset = span.offset + i * element.sizeBytes;
    if (offset >= span.to) return;
    yield* leavesAt(element, { ...span, path: `${span.path}[${i}]`, offset });
  }
}

function* memberLeaves({ name, offsetBytes, type, bits }: Member, span: Span): Generator<Leaf> {
  const offset = span.offset + offsetBytes;
  const path = name === '' ? span.path : `${span.path}.${name}`;
  const sizeBytes = bits === undefined ? type.sizeBytes : Math.ceil((bits.first + bits.count) / 8);
  if (offset >= span.to || offset + sizeBytes <= span.from) return;
  if (bits === undefined) yield* leavesAt(type, { ...span, path, offset });
  else if (bits.count > 0) yield { path, offset, sizeBytes, bits };
}

/** A number or text, 32 bits at a time. */
function* words(type: TypeNode, { path, offset, from, to }: Span): Generator<Leaf> {
  for (let done = 0; done < type.sizeBytes; done += WORD_BYTES) {
    const sizeBytes = Math.min(WORD_BYTES, type.sizeBytes - done);
    const at = offset + done;
    if (at < to && at + sizeBytes > from) yield { path: `${path}${wordName(type, done)}`, offset: at, sizeBytes };
  }
}

function wordName(type: TypeNode, done: number): string {
  if (type.kind === 'array') return `[${done / type.element.sizeBytes}]`;
  return done === 0 ? '' : `+0x${done.toString(16)}`;
}

// The members of a union are one place: the largest, of several the first, stands for all.
function representatives({ kind, members }: AggregateType): readonly Member[] {
  if (kind === 'struct') return members;
  const [first] = [...members].sort((a, b) => b.type.sizeBytes - a.type.sizeBytes);
  return first === undefined ? [] : [first];
}

function isAggregate(type: TypeNode): type is AggregateType {
  return type.kind === 'struct' || type.kind === 'union';
}

function placeOf({ offsetBytes, bits, type }: Member): string {
  return bits === undefined ? `${offsetBytes} ${type.sizeBytes}` : `${offsetBytes} ${bits.first} ${bits.count}`;
}
