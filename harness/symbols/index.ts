export { type CallFrame, DWARF_ESP } from './dwarf/frame-program.ts';
export { loadSymbols, noSymbols } from './load-symbols.ts';
export type { LoadedRange, Located, SourceLine, SymbolEntry, Symbols } from './symbols.ts';
export { SymbolsError } from './symbols-error.ts';
export type {
  AggregateType,
  ArrayType,
  BaseType,
  EnumType,
  Member,
  PointerType,
  TypeNode,
} from './type-node.ts';
export { unwindCallers } from './unwind.ts';
