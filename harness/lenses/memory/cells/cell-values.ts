import { hex } from '../../../../emulator/index.ts';
import type { CellValue, Place } from '../../fact.ts';
import { memberAt, memberPath } from '../../members/members.ts';
import type { RunView } from '../../run-view.ts';
import type { RawObject } from '../objects/raw-object.ts';
import { type HeldValue, REGISTER_TEXT } from './cell-table.ts';

/** A value of a cell in words, which are found when somebody asks: of most values only whether they are equal matters. */
export class SeenValue implements CellValue {
  private readonly view: RunView;
  private readonly held: HeldValue;
  private readonly isNumber: boolean;

  /** `isNumber`: it points nowhere, whatever it looks like. */
  constructor(view: RunView, held: HeldValue, isNumber: boolean) {
    this.view = view;
    this.held = held;
    this.isNumber = isNumber;
  }

  get icount(): number {
    return this.held.icount;
  }

  get normal(): string {
    const { name, isRegister } = this.held;
    if (isRegister) return REGISTER_TEXT;
    return name === 0 ? this.view.names.stored(this.held).normal : this.view.observe().cells.table.names.text(name);
  }

  get number(): number {
    return this.held.value;
  }

  get isLoaded(): boolean {
    return !this.view.places.isOfImage(this.held.eip);
  }

  get point(): number {
    return this.held.point;
  }

  get known(): number {
    return this.held.known;
  }

  get literal(): string | undefined {
    return this.isNumber || this.held.known !== 0xf ? undefined : this.view.names.literal(this.held.value);
  }

  get aliases(): readonly string[] {
    return this.isNumber || this.held.known !== 0xf ? [] : this.view.names.aliases(this.held.value);
  }

  get member(): string | undefined {
    return this.isNumber || this.held.known !== 0xf ? undefined : pointedMember(this.view, this.held);
  }

  get raw(): string {
    return `${this.held.value}/${this.held.known}`;
  }

  get text(): string {
    if (this.held.isRegister) return REGISTER_TEXT;
    return this.isNumber ? hex(this.held.value, 1) : this.view.names.stored(this.held).text;
  }

  get axis(): string | undefined {
    return this.held.known === 0xf ? this.view.names.heapAxis(this.held.value, this.held.icount) : undefined;
  }

  at(): Place {
    return this.view.placeOf(this.held);
  }
}

// Characters and short numbers point nowhere, whatever four bytes of them look like.
export function isNarrow(view: RunView, object: RawObject, offset: number): boolean {
  const type = view.observe().cells.types.of(object)?.type;
  const member = type === undefined ? undefined : memberAt(type, offset);
  return member?.kind === 'base' && member.sizeBytes < 4;
}

/** ".context.eip"; of a block with its expression: " (processes[2]->context.eip)". */
export function memberOf(view: RunView, object: RawObject, offset: number, path?: string): string {
  const typed = view.observe().cells.types.of(object, true);
  const member = path ?? memberPath(typed?.type, offset);
  if (typed?.path === undefined) return member;
  return ` (${`${typed.path}${member}`.replace('->.', '->')})`;
}

/** "&tasks[2].link": what a pointer points to in an object of known type. */
function pointedMember(view: RunView, { value, icount }: HeldValue): string | undefined {
  const { objects, types } = view.observe().cells;
  const block = view.blocks.heap.at(value, icount);
  if (block !== undefined) {
    const object = objects.get(block.identity);
    const type = object === undefined ? undefined : types.of(object, true)?.type;
    return type === undefined ? undefined : `&${block.identity}${memberPath(type, value - block.start)}`;
  }
  const found = view.symbols.objectAt(value);
  const type = found === undefined ? undefined : types.ofGlobal(found.symbol.name);
  if (found === undefined || type === undefined) return undefined;
  return `&${view.names.canonical(found.symbol.name)}${memberPath(type, found.offset)}`;
}
