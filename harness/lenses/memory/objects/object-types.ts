import type { Symbols, TypeNode } from '../../../symbols/index.ts';
import type { Heap } from '../../allocations/heap.ts';
import { memberAt, memberPath } from '../../members/members.ts';
import type { CellTable } from '../cells/cell-table.ts';
import type { RawObject } from './raw-object.ts';

/** What is known of an object's type, and the C expression that leads to it: "processes[2]->". */
export interface TypedObject {
  readonly type: TypeNode;
  readonly path: string | undefined; // of a block; a global is called by its name
}

/** What types are found by. */
export interface TypesContext {
  readonly symbols: Symbols;
  readonly likeSymbols: Symbols; // of the golden run; its own for the golden run itself
  readonly heap: Heap;
  readonly objects: ReadonlyMap<string, RawObject>;
  readonly table: CellTable;
}

/**
 * The types of globals as DWARF has them, and of blocks by following typed pointers from there: a block that `processes`
 * points to, which is a `struct process **`, is an array of `struct process *`. A kernel without debug information has the
 * types of the golden one; where that has none, nobody has any, for both runs have to be looked at alike.
 */
export class ObjectTypes {
  private readonly symbols: Symbols;
  private readonly likeSymbols: Symbols;
  private readonly heap: Heap;
  private readonly objects: ReadonlyMap<string, RawObject>;
  private readonly table: CellTable;
  private readonly blocks: Map<string, TypedObject>; // by identity
  private readonly globals = new Map<string, TypeNode | undefined>();
  private hasTypes: boolean | undefined;
  private isGoldenTyped: boolean | undefined;
  private readonly asked = new Map<string, number>();

  /** `blocks`: types that are known already, by identity. */
  constructor({ symbols, likeSymbols, heap, objects, table }: TypesContext, blocks?: ReadonlyMap<string, TypedObject>) {
    this.blocks = new Map(blocks);
    this.symbols = symbols;
    this.likeSymbols = likeSymbols;
    this.heap = heap;
    this.objects = objects;
    this.table = table;
  }

  /** What is known of blocks, by identity. */
  ofBlocks(): ReadonlyMap<string, TypedObject> {
    return this.blocks;
  }

  /** The type of the global with this symbol. */
  ofGlobal(name: string): TypeNode | undefined {
    if (this.globals.has(name)) return this.globals.get(name);
    this.isGoldenTyped ??= hasTypes(this.likeSymbols);
    const type = this.isGoldenTyped ? (this.symbols.typeOf(name) ?? this.likeSymbols.typeOf(name)) : undefined;
    this.globals.set(name, type);
    return type;
  }

  /** Is this a global without a type in a kernel whose other globals have some? */
  isAssembly(name: string): boolean {
    if (this.ofGlobal(name) !== undefined) return false;
    this.hasTypes ??= this.symbols.objects().some((each) => this.ofGlobal(each.name) !== undefined);
    return this.hasTypes;
  }

  /** What is known already; `isThorough` looks again, for pointers to an object are often stored after it is filled. */
  of(object: RawObject, isThorough = false): TypedObject | undefined {
    if (object.kind === 'global') {
      const type = this.ofGlobal(object.symbol);
      return type === undefined ? undefined : { type, path: undefined };
    }
    if (object.kind !== 'block') return undefined;
    const known = this.blocks.get(object.identity);
    const asked = (this.asked.get(object.identity) ?? 0) + 1;
    this.asked.set(object.identity, asked);
    // In vain it is tried at the first, second, fourth, eighth ... request, for it takes a look at every global.
    if (known !== undefined || !(isThorough || isPowerOfTwo(asked))) return known;
    this.follow();
    return this.blocks.get(object.identity);
  }

  /** Types whatever can be reached from the globals at this moment, or by what was ever seen there. */
  follow(withHistory = false): void {
    // Depth first, in the order of the first stores: a table names its elements before "the current one" does.
    const open: RawObject[] = [...this.objects.values()].filter((each) => each.kind === 'global').reverse();
    const seen = new Map<RawObject, TypeNode>(); // as what: a better type may be found later
    for (let object = open.pop(); object !== undefined; object = open.pop()) {
      const typed = this.blocks.get(object.identity) ?? this.globalOf(object);
      if (typed === undefined || seen.get(object) === typed.type) continue;
      seen.set(object, typed.type);
      open.push(...[...this.targetsOf(object, typed, withHistory)].reverse());
    }
  }

  /** Types a block that no pointer led to like the others that one function asked for, if those are all of one type. */
  spread(): void {
    const blocks = [...this.objects.values()].filter(({ kind }) => kind === 'block');
    const kinds = new Map<string, TypeNode | undefined>();
    for (const block of blocks) {
      const type = this.blocks.get(block.identity)?.type;
      if (type === undefined) continue;
      const asked = askedFor(block, isOfAnySize(type));
      kinds.set(asked, !kinds.has(asked) || isAlike(kinds.get(asked), type) ? type : undefined);
    }
    for (const block of blocks) {
      const type = kinds.get(askedFor(block, false)) ?? kinds.get(askedFor(block, true));
      if (type !== undefined && !this.blocks.has(block.identity))
        this.blocks.set(block.identity, { type, path: undefined });
    }
  }

  private globalOf(object: RawObject): TypedObject | undefined {
    const type = object.kind === 'global' ? this.ofGlobal(object.symbol) : undefined;
    return type === undefined ? undefined : { type, path: undefined };
  }

  /** The blocks that typed pointers in an object point to, or also those that they pointed to before. */
  private targetsOf(object: RawObject, { type, path }: TypedObject, withHistory: boolean): readonly RawObject[] {
    const found: RawObject[] = [];
    this.table.forEach(object, (offset, cell) => {
      const member = memberAt(type, offset);
      if (member?.kind !== 'pointer' || member.target.sizeBytes === 0) return;
      const expression = `${path ?? object.label}${memberPath(type, offset)}`.replace('->.', '->');
      for (const record of withHistory ? [cell, ...this.table.kept(cell)] : [cell]) {
        const { value, known, icount } = this.table.held(record);
        const block = known === 0xf ? this.heap.at(value, icount) : undefined;
        if (block === undefined || block.start !== value) continue;
        if (isBetter(member.target, this.blocks.get(block.identity)?.type, block.sizeBytes)) {
          this.blocks.set(block.identity, pointee(member.target, block.sizeBytes, expression));
        }
        const target = this.objects.get(block.identity);
        if (target !== undefined) found.push(target);
      }
    });
    return found;
  }
}

// "kmalloc(48) in task_new #3" without the number, or also without the size.
function askedFor({ label }: RawObject, anySize: boolean): string {
  const one = label.replace(/ #\d+$/, '');
  return anySize ? one.replace(/\(\d+\)/, '') : one;
}

// A struct that ends with an array of no length.
function isOfAnySize(type: TypeNode): boolean {
  const last = type.kind === 'struct' ? type.members.at(-1)?.type : undefined;
  return last?.kind === 'array' && last.count === 0;
}

function isAlike(known: TypeNode | undefined, type: TypeNode): boolean {
  return known?.kind === type.kind && known.name === type.name && known.sizeBytes === type.sizeBytes;
}

// A list runs through links inside of larger things, whose type some other pointer has.
function isBetter(target: TypeNode, known: TypeNode | undefined, sizeBytes: number): boolean {
  if (known === undefined) return true;
  const one = known.kind === 'array' ? known.element : known;
  return target.sizeBytes > one.sizeBytes && target.sizeBytes <= sizeBytes;
}

function pointee(target: TypeNode, sizeBytes: number, expression: string): TypedObject {
  const count = Math.floor(sizeBytes / target.sizeBytes);
  if (count < 2) return { type: target, path: `${expression}->` };
  const element = target;
  return { type: { kind: 'array', name: `${target.name}[]`, sizeBytes, element, count }, path: expression };
}

function isPowerOfTwo(number: number): boolean {
  return (number & (number - 1)) === 0;
}

function hasTypes(symbols: Symbols): boolean {
  return symbols.objects().some(({ name }) => symbols.typeOf(name) !== undefined);
}
