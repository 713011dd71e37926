import type { MachineSpec } from '../../../emulator/index.ts';
import { Field } from '../../config/field.ts';
import { optional } from '../../config/optional.ts';
import { parseRecordedMachine } from '../../config/parse-machine.ts';

const CONVENTIONS = ['cdecl', 'regparm3'] as const;

/** The machine spec of a trace's header. Errors: OperatingError naming the trace and the field. */
export function parseSpec(trace: string, value: unknown): Partial<MachineSpec> {
  const { probes, ...machine } = Object(value);
  const list = new Field(trace, 'spec.probes', probes).list();
  return { ...parseRecordedMachine(new Field(trace, 'spec', machine)), probes: list.map(parseProbe) };
}

function parseProbe(field: Field): MachineSpec['probes'][number] {
  field.object(['name', 'linear', 'args', 'convention']);
  return {
    name: field.at('name').string(),
    linear: field.at('linear').integer(0, 0xffff_ffff),
    args: field.at('args').integer(0, 8),
    ...optional(field, 'convention', (each) => each.oneOf(CONVENTIONS)),
  };
}
