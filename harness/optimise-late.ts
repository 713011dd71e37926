import { setFlagsFromString } from 'node:v8';

// Imported first by gilt's program, and by those that measure what it does. V8 compiles a function anew, with all effort,
// once it has run some 66 KB of bytecode. A short gate spent a third of its processor time on that, for functions it was
// nearly done with; hot loops of guests are WebAssembly, which this leaves alone. Measured with Node 20 (V8 11); others
// keep what they have.
const INTERRUPT_BUDGET_BYTES = 600_000;

if (process.versions.v8.startsWith('11.')) setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET_BYTES}`);
