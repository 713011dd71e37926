import type { BenignChange, Step } from './change.ts';
import type { Guest } from './guests.ts';

const flags = (...added: readonly string[]): Step => ({ kind: 'make', lines: [`CFLAGS += ${added.join(' ')}`] });

// Clang has another name for the alignment of the stack, and warns of other things.
const CLANG: Step = {
  kind: 'make',
  lines: [
    'CC := clang --target=i386-linux-gnu',
    'CFLAGS := $(patsubst -mpreferred-stack-boundary=2,-mstack-alignment=4,$(CFLAGS))',
  ],
};

const BUILDS: readonly (readonly [name: string, what: string, ...steps: readonly Step[]])[] = [
  ['gcc-O0', 'GCC -O0', flags('-O0')],
  ['gcc-O2', 'GCC -O2', flags('-O2')],
  ['gcc-O3', 'GCC -O3', flags('-O3')],
  ['gcc-Os', 'GCC -Os', flags('-Os')],
  ['gcc-O2-inline', 'GCC -O2, functions may be inlined', flags('-O2', '-finline')],
  ['gcc-O3-inline', 'GCC -O3, functions may be inlined', flags('-O3', '-finline')],
  ['gcc-no-frame-pointer', 'GCC, no frame pointers', flags('-fomit-frame-pointer')],
  [
    'gcc-O2-inline-no-frame-pointer',
    'GCC -O2, functions may be inlined, no frame pointers',
    flags('-O2', '-finline', '-fomit-frame-pointer'),
  ],
  [
    'gcc-no-frame-pointer-no-debug',
    'GCC, no frame pointers and no DWARF to do without them',
    flags('-fomit-frame-pointer', '-g0'),
  ],
  ['clang-O0', 'clang -O0', CLANG, flags('-O0')],
  ['clang-O1', 'clang -O1', CLANG, flags('-O1')],
  ['clang-O2', 'clang -O2', CLANG, flags('-O2')],
  ['clang-O3', 'clang -O3', CLANG, flags('-O3')],
  ['clang-Os', 'clang -Os', CLANG, flags('-Os')],
  ['clang-O2-inline', 'clang -O2, functions may be inlined', CLANG, flags('-O2', '-finline-functions', '-finline')],
  ['clang-O2-no-frame-pointer', 'clang -O2, no frame pointers', CLANG, flags('-O2', '-fomit-frame-pointer')],
  ['no-debug', 'no DWARF in what the compiler makes', flags('-g0')],
  ['dwarf-4', 'DWARF 4', flags('-gdwarf-4')],
  ['aligned-functions', 'functions aligned to 32 bytes', flags('-falign-functions=32')],
  ['unrolled', 'loops unrolled', flags('-O2', '-funroll-loops')],
  ['stack-aligned', 'the stack aligned to 16 bytes', flags('-mpreferred-stack-boundary=4')],
  [
    'i686',
    'instructions of a later processor, in the order that suits another',
    flags('-march=i686', '-mtune=pentium4'),
  ],
  [
    'sections-sorted',
    'a section for each function and variable, linked in the order of their names',
    flags('-ffunction-sections', '-fdata-sections'),
    { kind: 'make', lines: ['LDFLAGS += --sort-section=name'] },
  ],
  ['no-local-symbols', 'the linker drops local symbols', { kind: 'make', lines: ['LDFLAGS += --discard-all'] }],
  [
    'build-path',
    'the debug information has the paths of another computer',
    { kind: 'make', lines: ['CFLAGS += -fdebug-prefix-map=src=/home/somebody/projects/kernel/sources'] },
  ],
  ['functions-reversed', 'every C file defines its functions in reverse order', { kind: 'reverse-functions' }],
  ['globals-reversed', 'every C file defines its variables in reverse order', { kind: 'reverse-globals' }],
];

/** What every guest is made into by other tools, other options and another order. */
export function benignBuilds({ name: guest }: Guest): readonly BenignChange[] {
  return BUILDS.map(([name, what, ...steps]) => ({ label: 'benign', guest, name, what, steps }));
}
