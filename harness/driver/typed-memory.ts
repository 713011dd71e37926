import type { Symbols, TypeNode } from '../symbols/index.ts';
import { EncodeProblem, encodeValue, flatMembers, noMember, typeText } from './encode-value.ts';
import { type Bits, decodeValue, type GuestValue, unsigned } from './guest-value.ts';
import { type PathStep, parsePath } from './place-path.ts';

const DWORD: TypeNode = { kind: 'base', name: 'unsigned int', sizeBytes: 4, encoding: 'unsigned' };
const POINTER_BYTES = 4;

export interface TypedMemoryOptions {
  readonly symbols: Symbols;
  /** Undefined where nothing is mapped. */
  readonly read: (linear: number, length: number) => Uint8Array | undefined;
  readonly write: (linear: number, bytes: Uint8Array) => void;
  readonly reject: (problem: string) => never;
  /** The same for what isn't there at the moment. */
  readonly absent: (problem: string) => never;
}

/** A variable or a part of one. */
interface TypedPlace {
  readonly text: string; // as far as the expression has been followed
  readonly linear: number;
  readonly type: TypeNode | undefined; // of an assembly symbol nothing is known
  readonly bits: Bits | undefined;
}

/** Guest memory as the kernel's debug information describes it: variables by C expressions such as `tasks[2].eip`. */
export class TypedMemory {
  readonly #options: TypedMemoryOptions;

  constructor(options: TypedMemoryOptions) {
    this.#options = options;
  }

  /** Where a symbol or an expression lies. */
  linearOf(place: string | number): number {
    return typeof place === 'number' ? place >>> 0 : this.#find(place).linear;
  }

  /** The value by its type. */
  value(expression: string): GuestValue {
    const place = this.#find(expression);
    const type = place.type ?? this.#reject(`${untyped(expression)}; driver.read gives its first 32 bits`);
    if (type.sizeBytes === 0) this.#reject(`${expression} is ${typeText(type)}: it has no value`);
    return decodeValue(type, this.#view(place, type.sizeBytes), 0, place.bits);
  }

  /** One number: an integer, pointer, enum or boolean; 32 bits at an address or at a symbol without a type. */
  number(expression: string | number): number {
    const place = this.#placeOf(expression);
    const type = place.type ?? DWORD;
    const isScalar = type.kind === 'base' || type.kind === 'pointer' || type.kind === 'enum';
    if (!isScalar) this.#reject(`${place.text} is ${typeText(type)}: driver.global gives all of it`);
    const value = decodeValue(numeric(type), this.#view(place, type.sizeBytes), 0, place.bits);
    const number = Number(value);
    if (!Number.isFinite(number) || (typeof value === 'bigint' && !Number.isSafeInteger(number))) {
      this.#reject(`${place.text} doesn't fit into a number; driver.global gives all of it`);
    }
    return number;
  }

  /** Stores a value by its type; 32 bits at an address or at a symbol without a type. */
  store(expression: string | number, value: GuestValue): void {
    const place = this.#placeOf(expression);
    const type = place.type ?? DWORD;
    const bytes = this.#bytes(place, type.sizeBytes).slice();
    try {
      encodeValue(type, value, new DataView(bytes.buffer), 0, place.bits);
    } catch (error) {
      if (error instanceof EncodeProblem) this.#reject(`can't write ${place.text}: ${error.message}`);
      throw error;
    }
    this.#options.write(place.linear, bytes);
  }

  #placeOf(place: string | number): TypedPlace {
    if (typeof place === 'string') return this.#find(place);
    return {
      text: `linear address 0x${(place >>> 0).toString(16)}`,
      linear: place >>> 0,
      type: DWORD,
      bits: undefined,
    };
  }

  #find(expression: string): TypedPlace {
    const { symbols } = this.#options;
    const path = parsePath(expression, (name) => symbols.lookup(name) !== undefined);
    if (path === undefined) this.#reject(`"${expression}" is no variable; give one like tasks[2].context.eip`);
    const symbol = symbols.lookup(path.root) ?? this.#unknown(path.root);
    const type = symbols.typeOf(path.root);
    let place: TypedPlace = { text: path.root, linear: symbol.start, type, bits: undefined };
    for (const step of path.steps) place = this.#step(place, step);
    return place;
  }

  #step(place: TypedPlace, step: PathStep): TypedPlace {
    const type = place.type ?? this.#reject(untyped(place.text));
    return step.kind === 'index' ? this.#element(place, type, step.index) : this.#member(place, type, step.name);
  }

  #element(place: TypedPlace, type: TypeNode, index: number): TypedPlace {
    const text = `${place.text}[${index}]`;
    if (type.kind === 'pointer') {
      const start = this.#target(place, type.target);
      return { text, linear: (start + index * type.target.sizeBytes) >>> 0, type: type.target, bits: undefined };
    }
    if (type.kind !== 'array') this.#reject(`${place.text} is ${typeText(type)}: it has no element ${index}`);
    // A flexible array has as many elements as its memory.
    if (type.count > 0 && index >= type.count)
      this.#reject(`${place.text} has ${type.count} elements: there is no [${index}]`);
    const linear = (place.linear + index * type.element.sizeBytes) >>> 0;
    return { text, linear, type: type.element, bits: undefined };
  }

  /** `.` also goes through a pointer, as a debugger lets it. */
  #member(place: TypedPlace, type: TypeNode, name: string): TypedPlace {
    const isPointer = type.kind === 'pointer';
    const start = isPointer ? this.#target(place, type.target) : place.linear;
    const owner = isPointer ? type.target : type;
    if (owner.kind !== 'struct' && owner.kind !== 'union') {
      this.#reject(`${place.text} is ${typeText(type)}: it has no member "${name}"`);
    }
    const members = flatMembers(owner.members);
    const member = members.find((each) => each.name === name);
    if (member === undefined) this.#reject(noMember(typeText(owner), name, members).message);
    const text = `${place.text}${isPointer ? '->' : '.'}${name}`;
    return { text, linear: (start + member.offsetBytes) >>> 0, type: member.type, bits: member.bits };
  }

  #target(place: TypedPlace, target: TypeNode): number {
    const linear = unsigned(this.#view(place, POINTER_BYTES), 0, POINTER_BYTES);
    if (linear === 0) this.#options.absent(`${place.text} is 0: it points nowhere`);
    if (target.sizeBytes === 0) this.#reject(`${place.text} points to ${typeText(target)}, of which nothing is known`);
    return linear;
  }

  #view(place: TypedPlace, length: number): DataView {
    const { buffer, byteOffset, byteLength } = this.#bytes(place, length);
    return new DataView(buffer, byteOffset, byteLength);
  }

  #bytes({ text, linear }: TypedPlace, length: number): Uint8Array {
    const where = `linear 0x${linear.toString(16)}`;
    return this.#options.read(linear, length) ?? this.#options.absent(`${text}: no memory is mapped at ${where}`);
  }

  #unknown(name: string): never {
    const near = this.#options.symbols.suggest(name);
    return this.#reject(`no symbol "${name}"${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''}`);
  }

  #reject(problem: string): never {
    return this.#options.reject(problem);
  }
}

function untyped(name: string): string {
  return `no type is known of ${name}: compile the kernel with -g, and give the linked ELF as symbols`;
}

/** An enum as its number. */
function numeric(type: TypeNode): TypeNode {
  return type.kind === 'enum' ? { ...type, kind: 'base', encoding: 'unsigned' } : type;
}
