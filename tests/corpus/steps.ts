import type { Step } from './change.ts';

/** Links these objects in this order. */
export const linked = (...names: readonly string[]): Step => ({
  kind: 'make',
  lines: [`OBJECTS := ${names.map((name) => `${name}.o`).join(' ')}`],
});

export const renamed = (names: Readonly<Record<string, string>>): Step => ({ kind: 'rename', names });

/** A C file that is several others in one. */
export const unit = (...names: readonly string[]): string => names.map((name) => `#include "${name}.c"\n`).join('');
