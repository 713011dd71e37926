import type { EnumType, Member, TypeNode } from '../symbols/index.ts';
import { nearestNames } from '../symbols/nearest-names.ts';
import type { Bits, GuestValue } from './guest-value.ts';

/** What can't be stored, in words that complete "can't write ...: ". */
export class EncodeProblem extends Error {}

/**
 * Puts `value` into `bytes`, which hold what is there now: of a struct only the members that are given change, of an
 * array the first elements. Errors: EncodeProblem.
 */
export function encodeValue(type: TypeNode, value: GuestValue, bytes: DataView, offset = 0, bits?: Bits): void {
  if (bits !== undefined) {
    putBits(bytes, offset, bits, integerOf(type, value));
  } else if (type.kind === 'array') {
    const { element, count } = type;
    encodeList(value, count, (each, i) => encodeValue(element, each, bytes, offset + i * element.sizeBytes));
  } else if (type.kind === 'struct' || type.kind === 'union') {
    encodeMembers(type.members, typeText(type), value, bytes, offset);
  } else if (type.kind === 'base' && type.encoding === 'float') {
    encodeFloat(type, value, bytes, offset);
  } else if (type.kind === 'function' || type.kind === 'opaque') {
    throw new EncodeProblem(`nothing is known of ${typeText(type)}`);
  } else {
    putBits(bytes, offset, { first: 0, count: 8 * type.sizeBytes }, integerOf(type, value));
  }
}

function encodeList(value: GuestValue, count: number, encode: (each: GuestValue, index: number) => void): void {
  if (!Array.isArray(value)) throw new EncodeProblem('an array takes a list');
  if (value.length > count) throw new EncodeProblem(`${value.length} values for an array of ${count}`);
  value.forEach(encode);
}

function encodeMembers(
  members: readonly Member[],
  name: string,
  value: GuestValue,
  bytes: DataView,
  offset: number,
): void {
  if (typeof value !== 'object' || Array.isArray(value)) throw new EncodeProblem(`${name} takes an object`);
  const known = flatMembers(members);
  for (const [memberName, each] of Object.entries<GuestValue>(value)) {
    const member = known.find((candidate) => candidate.name === memberName);
    if (member === undefined) throw noMember(name, memberName, known);
    encodeValue(member.type, each, bytes, offset + member.offsetBytes, member.bits);
  }
}

/** Members by the names that C code uses for them: those of an anonymous struct are the outer one's. */
export function flatMembers(members: readonly Member[]): readonly Member[] {
  return members.flatMap((member) => {
    const { type } = member;
    if (member.name !== '' || (type.kind !== 'struct' && type.kind !== 'union')) return [member];
    return flatMembers(type.members).map((inner) => ({
      ...inner,
      offsetBytes: inner.offsetBytes + member.offsetBytes,
    }));
  });
}

/** A type as C code and people call it. */
export function typeText({ kind, name }: TypeNode): string {
  if (kind === 'struct' || kind === 'union' || kind === 'enum') return name === '' ? `a ${kind}` : `${kind} ${name}`;
  if (kind === 'pointer') return 'a pointer';
  return kind === 'array' ? 'an array' : name;
}

/** "struct process has no member "pdi"; did you mean pid?" */
export function noMember(type: string, name: string, known: readonly Member[]): EncodeProblem {
  const names = known.map((member) => member.name);
  const near = nearestNames(name, names);
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there is ${names.join(', ')}`;
  return new EncodeProblem(`${type} has no member "${name}"; ${hint}`);
}

function encodeFloat(type: TypeNode, value: GuestValue, bytes: DataView, offset: number): void {
  if (typeof value !== 'number') throw new EncodeProblem(`${type.name} takes a number`);
  if (type.sizeBytes === 4) bytes.setFloat32(offset, value, true);
  else if (type.sizeBytes === 8) bytes.setFloat64(offset, value, true);
  else throw new EncodeProblem(`${type.name} of ${type.sizeBytes} bytes isn't supported`);
}

function integerOf(type: TypeNode, value: GuestValue): bigint {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && type.kind === 'enum') return BigInt(enumeratorOf(type, value));
  throw new EncodeProblem(`${typeText(type)} takes an integer, not ${JSON.stringify(value)}`);
}

function enumeratorOf({ name, values }: EnumType, text: string): number {
  const found = values.find((each) => each.name === text);
  if (found !== undefined) return found.value;
  throw new EncodeProblem(
    `enum ${name} has no value "${text}"; there is ${values.map((each) => each.name).join(', ')}`,
  );
}

/** Refuses what doesn't fit, signed or unsigned: a test that writes 300 into a byte means something else. */
function putBits(bytes: DataView, offset: number, { first, count }: Bits, value: bigint): void {
  const range = 1n << BigInt(count);
  if (value >= range || value < -(range >> 1n)) throw new EncodeProblem(`${value} doesn't fit into ${count} bits`);
  const field = value & (range - 1n);
  for (let bit = 0; bit < count; bit++) {
    const at = offset + ((first + bit) >> 3);
    const mask = 1 << ((first + bit) & 7);
    const isSet = ((field >> BigInt(bit)) & 1n) === 1n;
    bytes.setUint8(at, isSet ? bytes.getUint8(at) | mask : bytes.getUint8(at) & ~mask);
  }
}
