/**
 * The layout of a variable as DWARF states it. Qualifiers and typedefs are seen through; an unnamed struct takes the
 * name of its typedef. Only a pointer's `target` may lead back to a type already seen.
 */
export type TypeNode =
  | BaseType
  | PointerType
  | ArrayType
  | AggregateType
  | EnumType
  | { readonly kind: 'function'; readonly name: string; readonly sizeBytes: 0 }
  /** void, a struct that is only declared, or a type outside the C language. */
  | { readonly kind: 'opaque'; readonly name: string; readonly sizeBytes: number };

export interface BaseType {
  readonly kind: 'base';
  readonly name: string;
  readonly sizeBytes: number;
  readonly encoding: 'signed' | 'unsigned' | 'boolean' | 'float' | 'other';
}

export interface PointerType {
  readonly kind: 'pointer';
  readonly name: string;
  readonly sizeBytes: number;
  readonly target: TypeNode;
}

/** One dimension; `count` is 0 for a flexible array. */
export interface ArrayType {
  readonly kind: 'array';
  readonly name: string;
  readonly sizeBytes: number;
  readonly element: TypeNode;
  readonly count: number;
}

export interface AggregateType {
  readonly kind: 'struct' | 'union';
  readonly name: string;
  readonly sizeBytes: number;
  readonly members: readonly Member[];
}

export interface EnumType {
  readonly kind: 'enum';
  readonly name: string;
  readonly sizeBytes: number;
  readonly values: readonly { readonly name: string; readonly value: number }[];
}

/** A member of a struct or union; the name of an anonymous one is empty. */
export interface Member {
  readonly name: string;
  readonly offsetBytes: number;
  readonly type: TypeNode;
  /** Only for a bit field: `first` counts from the lowest bit of the byte at `offsetBytes`. */
  readonly bits?: { readonly first: number; readonly count: number };
}
