import { loadSymbols, noSymbols, type Symbols } from '../../symbols/index.ts';
import type { NamedTrace } from './open-trace.ts';

/** The symbols a trace carries; without any, addresses are described as hex. Errors: SymbolsError, TraceError. */
export function traceSymbols({ name, reader }: NamedTrace): Symbols {
  const bytes = reader.file('symbols');
  if (bytes === undefined) return noSymbols;
  const file = reader.header.files.find(({ role }) => role === 'symbols');
  return loadSymbols(bytes, `${name} (${file?.name ?? 'symbols'})`);
}
