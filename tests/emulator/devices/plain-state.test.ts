import { describe, expect, it } from 'vitest';
import { copyFields, restoreFields } from '../../../emulator/devices/plain-state.ts';

const powerOn = { count: 0, isOn: false, queue: [0], ram: new Uint8Array(2), text: '' };

describe('restoreFields', () => {
  it('gives fields that share no array with the saved ones', () => {
    const saved = { count: 1, isOn: true, queue: [1, 2], ram: Uint8Array.of(3), text: 'a' };
    const restored = restoreFields(powerOn, saved);
    expect(restored).toEqual(saved);
    saved.queue[0] = 9;
    saved.ram[0] = 9;
    expect([restored.queue[0], restored.ram[0]]).toEqual([1, 3]);
  });

  it('refuses a field that the device does not have', () => {
    expect(() => restoreFields(powerOn, { ...powerOn, strange: 1 })).toThrow('strange');
  });

  it.each(Object.keys(powerOn))('refuses another type of %s', (name) => {
    for (const value of [1, true, 'x', [1], Uint8Array.of(1)]) {
      const restore = () => restoreFields(powerOn, { ...powerOn, [name]: value });
      if (Object.prototype.toString.call(value) === Object.prototype.toString.call(Reflect.get(powerOn, name)))
        restore();
      else expect(restore).toThrow(`"${name}"`);
    }
  });
});

it('copyFields copies arrays too', () => {
  const copy = copyFields(powerOn);
  expect(copy).toEqual(powerOn);
  expect(copy.queue).not.toBe(powerOn.queue);
  expect(copy.ram).not.toBe(powerOn.ram);
});
