import { OperatingError } from '../../../emulator/index.ts';
import type { AllocatorConfig, GiltConfig } from '../../config/config.ts';
import type { AllocatorFunction, AllocatorFunctions } from './allocator-calls.ts';

type Names = { readonly [Role in keyof AllocatorFunctions]?: string | undefined };

/**
 * The functions that were named, each as the config describes it if it does; without a name for one that allocates, the
 * config's first that does and those of its family. Errors: OperatingError.
 */
export function chooseAllocator(names: Names, { allocators = [] }: GiltConfig): AllocatorFunctions {
  const { alloc, ...others } = names;
  const chosen = alloc === undefined ? configured(others, allocators) : { ...others, alloc };
  const described = Object.entries(chosen).flatMap(([role, name]): readonly (readonly [string, AllocatorFunction])[] =>
    name === undefined ? [] : [[role, allocators.find((each) => each.name === name) ?? name]],
  );
  return { alloc: chosen.alloc, ...Object.fromEntries(described) };
}

function configured(others: Names, allocators: readonly AllocatorConfig[]): Names & { readonly alloc: string } {
  if (Object.values(others).some((name) => name !== undefined)) {
    throw new OperatingError('--alloc', 'name the function that allocates, too');
  }
  const first = allocators.find(({ kind = 'alloc' }) => kind === 'alloc' || kind === 'frames');
  if (first === undefined) {
    throw new OperatingError('--alloc', 'name the function that allocates: gilt.config.ts has no `allocators`');
  }
  const nameOf = (kind: AllocatorConfig['kind']): string | undefined =>
    allocators.find((each) => each.kind === kind)?.name;
  if (first.kind === 'frames') return { alloc: first.name, free: nameOf('free-frames') };
  return { alloc: first.name, calloc: nameOf('calloc'), realloc: nameOf('realloc'), free: nameOf('free') };
}
