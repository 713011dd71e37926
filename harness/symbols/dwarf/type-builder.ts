import type { Member, TypeNode } from '../type-node.ts';
import * as dw from './constants.ts';
import type { Die } from './die.ts';
import type { DieTree } from './die-tree.ts';

/** Nesting of types without a pointer between; a type inside itself never ends. */
const DEEPEST_NESTING = 64;
const VOID: TypeNode = { kind: 'opaque', name: 'void', sizeBytes: 0 };

/** DW_ATE values; DWARF 5, 7.8. */
const ENCODINGS: ReadonlyMap<number | undefined, 'signed' | 'unsigned' | 'boolean' | 'float'> = new Map([
  [0x02, 'boolean'],
  [0x04, 'float'],
  [0x05, 'signed'],
  [0x06, 'signed'],
  [0x07, 'unsigned'],
  [0x08, 'unsigned'],
  [0x10, 'unsigned'],
]);

interface OpenPointer {
  readonly kind: 'pointer';
  readonly name: string;
  readonly sizeBytes: number;
  target: TypeNode;
}

interface PendingTarget {
  readonly pointer: OpenPointer;
  readonly rank: number;
}

/** Makes `TypeNode`s of type DIEs, one for each DIE. */
export class TypeBuilder {
  readonly #tree: DieTree;
  readonly #known = new Map<number, TypeNode>();
  readonly #pending: PendingTarget[] = [];

  constructor(tree: DieTree) {
    this.#tree = tree;
  }

  /** The type that DW_AT_type of `die` refers to; void without it. */
  typeOf(die: Die): TypeNode {
    const type = this.#typeOf(die, 0);
    // Targets wait in a list, not on the stack: chains of pointers may be long, and circular.
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) {
      next.pointer.target = this.#build(next.rank, 0);
    }
    return type;
  }

  #typeOf(die: Die, depth: number): TypeNode {
    const rank = this.#tree.follow(die, dw.DW_AT_type);
    return rank === undefined ? VOID : this.#build(rank, depth);
  }

  #build(rank: number, depth: number): TypeNode {
    const known = this.#known.get(rank);
    if (known !== undefined) return known;
    const die = this.#tree.read(rank);
    if (depth > DEEPEST_NESTING) throw die.error('types are nested too deep');
    const elsewhere = this.#tree.follow(die, dw.DW_AT_signature);
    const type = elsewhere === undefined ? this.#describe(rank, die, depth + 1) : this.#build(elsewhere, depth + 1);
    this.#known.set(rank, type);
    return type;
  }

  #describe(rank: number, die: Die, depth: number): TypeNode {
    const { name } = die;
    const sizeBytes = die.number(dw.DW_AT_byte_size) ?? 0;
    if (die.number(dw.DW_AT_declaration) === 1) return { kind: 'opaque', name, sizeBytes };
    switch (die.tag) {
      case dw.DW_TAG_base_type:
        return { kind: 'base', name, sizeBytes, encoding: ENCODINGS.get(die.number(dw.DW_AT_encoding)) ?? 'other' };
      case dw.DW_TAG_typedef:
        return named(this.#typeOf(die, depth), name);
      case dw.DW_TAG_const_type:
      case dw.DW_TAG_volatile_type:
      case dw.DW_TAG_restrict_type:
      case dw.DW_TAG_atomic_type:
        return this.#typeOf(die, depth);
      case dw.DW_TAG_pointer_type:
      case dw.DW_TAG_reference_type:
      case dw.DW_TAG_rvalue_reference_type:
        return this.#pointer(die, name, sizeBytes);
      case dw.DW_TAG_array_type:
        return this.#array(rank, die, depth);
      case dw.DW_TAG_structure_type:
      case dw.DW_TAG_class_type:
        return { kind: 'struct', name, sizeBytes, members: this.#members(rank, depth) };
      case dw.DW_TAG_union_type:
        return { kind: 'union', name, sizeBytes, members: this.#members(rank, depth) };
      case dw.DW_TAG_enumeration_type:
        return { kind: 'enum', name, sizeBytes, values: this.#enumerators(rank) };
      case dw.DW_TAG_subroutine_type:
        return { kind: 'function', name, sizeBytes: 0 };
      default:
        return { kind: 'opaque', name, sizeBytes };
    }
  }

  #pointer(die: Die, name: string, sizeBytes: number): TypeNode {
    const pointer: OpenPointer = { kind: 'pointer', name, sizeBytes: sizeBytes === 0 ? 4 : sizeBytes, target: VOID };
    const rank = this.#tree.follow(die, dw.DW_AT_type);
    if (rank !== undefined) this.#pending.push({ pointer, rank });
    return pointer;
  }

  /** Each subrange is a dimension, the outermost first. DWARF 5, 5.5. */
  #array(rank: number, die: Die, depth: number): TypeNode {
    const counts: number[] = [];
    for (const child of this.#tree.children(rank)) {
      if (this.#tree.tag(child) === dw.DW_TAG_subrange_type) counts.push(elementCount(this.#tree.read(child)));
    }
    let type = this.#typeOf(die, depth);
    for (const count of counts.reverse()) {
      const sizeBytes = type.sizeBytes * count;
      if (sizeBytes > 2 ** 32) throw die.error('array beyond 4 GiB');
      type = { kind: 'array', name: '', sizeBytes, element: type, count };
    }
    return type;
  }

  #members(rank: number, depth: number): readonly Member[] {
    const members: Member[] = [];
    for (const child of this.#tree.children(rank)) {
      if (this.#tree.tag(child) !== dw.DW_TAG_member) continue;
      const die = this.#tree.read(child);
      members.push(memberOf(die, this.#typeOf(die, depth)));
    }
    return members;
  }

  #enumerators(rank: number): readonly { readonly name: string; readonly value: number }[] {
    const values = [];
    for (const child of this.#tree.children(rank)) {
      if (this.#tree.tag(child) !== dw.DW_TAG_enumerator) continue;
      const die = this.#tree.read(child);
      values.push({ name: die.name, value: die.number(dw.DW_AT_const_value) ?? 0 });
    }
    return values;
  }
}

/** A typedef names what has no name of its own. */
function named(type: TypeNode, name: string): TypeNode {
  if (type.name !== '') return type;
  return type.kind === 'struct' || type.kind === 'union' || type.kind === 'enum' ? { ...type, name } : type;
}

function elementCount(subrange: Die): number {
  const count = subrange.number(dw.DW_AT_count);
  if (count !== undefined) return count;
  // GCC writes the bound of `T a[0]` as -1.
  const last = subrange.number(dw.DW_AT_upper_bound);
  return last === undefined || last === 0xffffffff || last < 0 ? 0 : last + 1;
}

/** Bit fields: DWARF 5, 5.7.6; DWARF 2 and 3 count them from the highest bit of a storage unit. */
function memberOf(die: Die, type: TypeNode): Member {
  const { name } = die;
  const count = die.number(dw.DW_AT_bit_size);
  const stated = memberOffset(die);
  if (count === undefined) return { name, offsetBytes: stated, type };
  const fromTop = die.number(dw.DW_AT_bit_offset);
  const storageBits = 8 * (die.number(dw.DW_AT_byte_size) ?? type.sizeBytes);
  const first = fromTop === undefined ? (die.number(dw.DW_AT_data_bit_offset) ?? 0) : storageBits - fromTop - count;
  return { name, offsetBytes: stated + Math.floor(first / 8), type, bits: { first: first & 7, count } };
}

/** DWARF 2 states the offset as an expression that adds it to the struct's address. */
function memberOffset(die: Die): number {
  const expression = die.block(dw.DW_AT_data_member_location);
  if (expression === undefined) return die.number(dw.DW_AT_data_member_location) ?? 0;
  return expression.isAtEnd || expression.u8() !== dw.DW_OP_plus_uconst ? 0 : expression.uleb128();
}
