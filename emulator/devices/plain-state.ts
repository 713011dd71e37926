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

function cloneOf<Fields extends DeviceState>(fields: Fields): Fields {
  const copies = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'object' ? value.slice() : value,
  ]);
  return Object.fromEntries(copies);
}

function kindOf(value: DeviceState[string] | undefined): string {
  if (Array.isArray(value)) return 'numbers';
  return value instanceof Uint8Array ? 'bytes' : typeof value;
}
