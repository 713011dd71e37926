import type { BaseType, EnumType, Member, TypeNode } from '../symbols/index.ts';

/**
 * A value of the guest as plain data: a struct or union is an object, an array a list, an enum the name of its value (its
 * number if no name has it), a pointer an address, an integer of 8 bytes a bigint.
 */
export type GuestValue =
  | number
  | bigint
  | boolean
  | string
  | readonly GuestValue[]
  | { readonly [member: string]: GuestValue };

/** Where a bit field lies, counted from the lowest bit of its first byte. */
export type Bits = NonNullable<Member['bits']>;

/** The value of `type` that begins at `offset`. */
export function decodeValue(type: TypeNode, bytes: DataView, offset = 0, bits?: Bits): GuestValue {
  if (bits !== undefined) return decodeBits(type, bits, bytes, offset);
  switch (type.kind) {
    case 'base':
      return decodeBase(type, bytes, offset);
    case 'pointer':
      return unsigned(bytes, offset, type.sizeBytes);
    case 'enum':
      return enumValue(type, unsigned(bytes, offset, type.sizeBytes));
    case 'array':
      return Array.from({ length: type.count }, (_, i) =>
        decodeValue(type.element, bytes, offset + i * type.element.sizeBytes),
      );
    case 'struct':
    case 'union':
      return Object.fromEntries(type.members.flatMap((member) => decodeMember(member, bytes, offset)));
    case 'function':
    case 'opaque':
      return rawBytes(bytes, offset, type.sizeBytes);
  }
}

/** The members of an anonymous struct are the outer one's. */
function decodeMember(member: Member, bytes: DataView, offset: number): readonly (readonly [string, GuestValue])[] {
  const at = offset + member.offsetBytes;
  const value = decodeValue(member.type, bytes, at, member.bits);
  if (member.name !== '') return [[member.name, value]];
  return typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : [];
}

function decodeBase({ encoding, sizeBytes }: BaseType, bytes: DataView, offset: number): GuestValue {
  if (encoding === 'float' && sizeBytes === 4) return bytes.getFloat32(offset, true);
  if (encoding === 'float' && sizeBytes === 8) return bytes.getFloat64(offset, true);
  if (encoding === 'float' || encoding === 'other') return rawBytes(bytes, offset, sizeBytes);
  if (sizeBytes === 8)
    return encoding === 'signed' ? bytes.getBigInt64(offset, true) : bytes.getBigUint64(offset, true);
  if (sizeBytes > 4) return rawBytes(bytes, offset, sizeBytes);
  const value = unsigned(bytes, offset, sizeBytes);
  if (encoding === 'boolean') return value !== 0;
  return encoding === 'signed' ? signed(value, 8 * sizeBytes) : value;
}

function decodeBits(type: TypeNode, { first, count }: Bits, bytes: DataView, offset: number): GuestValue {
  let whole = 0n;
  for (let i = Math.ceil((first + count) / 8) - 1; i >= 0; i--)
    whole = (whole << 8n) | BigInt(bytes.getUint8(offset + i));
  const field = (whole >> BigInt(first)) & ((1n << BigInt(count)) - 1n);
  if (count > 32) return field;
  const value = Number(field);
  if (type.kind === 'enum') return enumValue(type, value);
  if (type.kind !== 'base') return value;
  if (type.encoding === 'boolean') return value !== 0;
  return type.encoding === 'signed' ? signed(value, count) : value;
}

function enumValue({ values, sizeBytes }: EnumType, value: number): GuestValue {
  const range = 2 ** (8 * sizeBytes);
  return values.find((each) => (each.value + range) % range === value)?.name ?? value;
}

/** Little-endian, up to 4 bytes. */
export function unsigned(bytes: DataView, offset: number, sizeBytes: number): number {
  let value = 0;
  for (let i = sizeBytes - 1; i >= 0; i--) value = value * 256 + bytes.getUint8(offset + i);
  return value;
}

function signed(value: number, bits: number): number {
  return value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
}

function rawBytes(bytes: DataView, offset: number, sizeBytes: number): readonly number[] {
  return Array.from({ length: sizeBytes }, (_, i) => bytes.getUint8(offset + i));
}
