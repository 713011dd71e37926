import { Machine } from '../../emulator/index.ts';
import type { Driver } from '../../harness/driver/driver.ts';
import { MachineDriver } from '../../harness/driver/machine-driver.ts';
import { type BootFiles, loadBootFiles } from '../../harness/run/files/boot-files.ts';
import { specFor } from '../../harness/run/machine-spec.ts';
import { type Recording, record } from '../../harness/run/record.ts';
import type { NamedTrace } from '../../harness/run/trace/open-trace.ts';
import { noSymbols } from '../../harness/symbols/index.ts';
import { type MemorySink, memorySink, memorySource, openTrace } from '../../traces/index.ts';

const ALLOCATORS = [{ name: 'kalloc', args: 1, size: 0 }];

const loaded = new Map<string, BootFiles>();

/** An image and its ELF by their path without the ending; read once, for nothing changes them. */
export function builtFiles(path: string): BootFiles {
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const boot = loadBootFiles({ image: `${path}.img`, symbols: `${path}.elf` });
  loaded.set(path, boot);
  return boot;
}

/** The committed kernel with its symbols. */
export function kernelFiles(): BootFiles {
  return builtFiles('kernel/build/539kernel');
}

/** The second guest. */
export function burrowFiles(): BootFiles {
  return builtFiles('kernel/burrow/build/burrow');
}

/** A boot sector without symbols. */
export function sectorFiles(bytes: Uint8Array): BootFiles {
  const image = { role: 'image', name: 'guest.img', sha256: '0'.repeat(64), bytes } as const;
  return { image, source: { disk: bytes }, files: [image], symbols: noSymbols, symbolsName: undefined };
}

/** A driver on a machine that records nothing. */
export function driverFor(
  boot: BootFiles,
  allocators = boot.symbolsName === undefined ? [] : ALLOCATORS,
): { readonly machine: Machine; readonly driver: MachineDriver } {
  const machine = new Machine(specFor(boot, allocators, []), { disk: boot.image.bytes }, { engine: 'forms' });
  const { symbols, symbolsName } = boot;
  return { machine, driver: new MachineDriver({ machine, symbols, symbolsName, scenarioFile: 'test.scenario.ts' }) };
}

export interface Recorded {
  readonly recording: Recording;
  readonly bytes: Uint8Array;
  readonly trace: NamedTrace;
}

/** Records a scenario in memory. */
export async function recordRun(
  boot: BootFiles,
  run: (driver: Driver) => Promise<void>,
  engine: 'forms' | 'oracle' = 'forms',
): Promise<Recorded> {
  const sink: MemorySink = memorySink();
  const scenario = { name: 'test', file: 'test.scenario.ts', description: 'a test', run, positionOf: () => undefined };
  const spec = specFor(boot, boot.symbolsName === undefined ? [] : ALLOCATORS, []);
  const recording = await record({ scenario, boot, spec, engine }, sink);
  const bytes = sink.bytes();
  return { recording, bytes, trace: { name: 'test', reader: openTrace(memorySource(bytes, 'test')) } };
}
