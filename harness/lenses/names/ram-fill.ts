import { fillByteAt, patternSource } from '../../../emulator/index.ts';
import type { TraceSource } from '../trace-source.ts';

/** The byte at a physical address. */
export type RamFill = (physical: number) => number;

type Spec = TraceSource['header']['spec'];

/**
 * Tells whether a 32-bit word comes from RAM as it was before the first write. A pattern has each word in one place only,
 * which moves with what a kernel copies from there.
 */
export function fromFill({ ramFill: fill, memoryBytes }: Spec): (word: number) => boolean {
  if (typeof fill !== 'object' || fill instanceof Uint8Array || Array.isArray(fill)) return () => false;
  const { kind, seed } = fill as Readonly<Record<string, Spec[string]>>;
  if (kind !== 'pattern' || typeof seed !== 'number' || typeof memoryBytes !== 'number') return () => false;
  return (word) => patternSource(seed, word) < memoryBytes;
}

/** What RAM held before the first write, by physical address, as the machine spec of a trace states it; undefined: zeros. */
export function ramFillOf(spec: Spec): RamFill | undefined {
  const fill = spec.ramFill;
  if (typeof fill !== 'object' || fill instanceof Uint8Array || Array.isArray(fill)) return undefined;
  const { kind, value, seed } = fill as Readonly<Record<string, Spec[string]>>;
  if (kind === 'byte' && typeof value === 'number') return () => value & 0xff;
  if (kind !== 'pattern' || typeof seed !== 'number') return undefined;
  return (physical) => fillByteAt({ kind, seed }, physical);
}
