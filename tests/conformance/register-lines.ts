import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Machine } from '../../emulator/index.ts';
import type { RegisterValues } from '../../traces/events.ts';

const USAGE = `npm run --silent lockstep -- IMAGE --at HEX [--cs HEX] [--steps N] [--engine forms]
Prints the registers before each instruction, as qemu-lockstep.mjs reads them: from the first time that the linear address is
reached, in the code segment with that selector (8), up to the first interrupt or exception, N instructions (100000), or the end.`;

const LIMIT = 2_000_000_000;
const NAMES = ['eip', 'eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi', 'eflags'] as const;

function lineOf(icount: number, registers: RegisterValues, cs: string): string {
  return [icount, ...NAMES.map((name) => registers[name].toString(16)), cs].join(' ');
}

/** Gives the exit code. */
export function main(args: readonly string[]): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      at: { type: 'string' },
      cs: { type: 'string', default: '8' },
      steps: { type: 'string', default: '100000' },
      engine: { type: 'string', default: 'forms' },
    },
  });
  const [image] = positionals;
  if (image === undefined || values.at === undefined) {
    console.error(USAGE);
    return 2;
  }
  const engine = values.engine === 'oracle' || values.engine === 'blocks' ? values.engine : 'forms';
  let wasInterrupted = false;
  const machine = new Machine({ clock: 'instructions' }, { disk: readFileSync(image) }, { engine });
  machine.run({ until: LIMIT, breakpoints: [Number.parseInt(values.at, 16)] });
  if (machine.stopped !== undefined) throw new Error(`the guest ends before ${values.at}`);
  const noteDelivery = ({ kind }: { readonly kind: string }): boolean => {
    wasInterrupted ||= kind === 'interrupt' || kind === 'exception';
    return wasInterrupted;
  };
  for (let step = 0; step < Number(values.steps) && !wasInterrupted; step++) {
    console.log(lineOf(machine.icount, machine.registers(), values.cs));
    machine.run({ until: machine.icount + 1, stopOn: noteDelivery });
    if (machine.stopped !== undefined) break;
  }
  return 0;
}
