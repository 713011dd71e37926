import { assert } from '../base/assert.ts';
import type { DeviceState } from './device.ts';

/** A copy of a device's fields that shares no array with them. */
export function copyFields<Fields extends DeviceState>(fields: Fields): Fields {
  return cloneOf(fields);
}

/** The saved fields as a device keeps them: exactly the names and types of `powerOn`, or an assertion fails. */
export function restoreFields<Fields extends DeviceState>(powerOn: Fields, saved: DeviceState): Fields {
  const names = Object.keys(powerOn);
  assert(Object.keys(saved).length === names.length, `a saved state has the fields ${Object.keys(saved).join(', ')}`);
  for (const name of names) {
    assert(kindOf(saved[name]) === kindOf(powerOn[name]), `the saved field "${name}" is of another type`);
  }
  return cloneOf(saved as Fields);
}

// A snapshot saves every device: a loop over the names takes a fifth of what entries and pairs take.
function cloneOf<Fields extends DeviceState>(fields: Fields): Fields {
  const copy: { [Name in keyof Fields]?: Fields[Name] } = {};
  for (const name in fields) {
    const value = fields[name];
    copy[name] = typeof value === 'object' ? (value.slice() as Fields[typeof name]) : value;
  }
  return copy as Fields;
}

/** The fields of one of a device's like parts, which stand in its state under names of their own: "slave.irr". */
export class PartState<Fields extends DeviceState> {
  readonly #powerOn: Fields;
  readonly #names: readonly (readonly [name: keyof Fields & string, inDevice: string])[];

  constructor(prefix: string, powerOn: Fields) {
    this.#powerOn = powerOn;
    this.#names = Object.keys(powerOn).map((name) => [name, `${prefix}.${name}`]);
  }

  save(fields: Fields, state: { [field: string]: DeviceState[string] }): void {
    for (const [name, inDevice] of this.#names) state[inDevice] = fields[name];
  }

  /** The part's fields; names and types must be those of its power-on state. */
  load(state: DeviceState): Fields {
    const fields: { [field: string]: DeviceState[string] } = {};
    for (const [name, inDevice] of this.#names) fields[name] = state[inDevice];
    return restoreFields(this.#powerOn, fields);
  }
}

function kindOf(value: DeviceState[string] | undefined): string {
  if (Array.isArray(value)) return 'numbers';
  return value instanceof Uint8Array ? 'bytes' : typeof value;
}
