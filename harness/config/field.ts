import { OperatingError } from '../../emulator/index.ts';
import { nearestNames } from '../symbols/nearest-names.ts';

/**
 * A value of unknown shape and where it came from: the file and the path of fields in it. Each method checks one
 * expectation; what isn't met is an OperatingError that names the file, the field and what is allowed there.
 */
export class Field {
  readonly file: string;
  readonly path: string;
  readonly value: unknown;

  constructor(file: string, path: string, value: unknown) {
    this.file = file;
    this.path = path;
    this.value = value;
  }

  /** Rejects the value: `requirement` completes the sentence "it must be ...". */
  reject(requirement: string): never {
    const where = this.path === '' ? this.file : `${this.file}: ${this.path}`;
    throw new OperatingError(where, `is ${shown(this.value)}; it must be ${requirement}`);
  }

  isAbsent(): boolean {
    return this.value === undefined;
  }

  /** The member `name` of an object. */
  at(name: string): Field {
    const member = Object.entries(this.value ?? {}).find(([key]) => key === name);
    return new Field(this.file, this.path === '' ? name : `${this.path}.${name}`, member?.[1]);
  }

  /** An object with no fields but `allowed`. */
  object(allowed: readonly string[]): this {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) this.reject('an object');
    for (const key of Object.keys(this.value)) {
      if (allowed.includes(key)) continue;
      const near = nearestNames(key, allowed);
      const hint = near.length > 0 ? `; did you mean ${near.join(' or ')}?` : `; there is ${allowed.join(', ')}`;
      throw new OperatingError(this.at(key).place(), `no such field${hint}`);
    }
    return this;
  }

  string(requirement = 'a text'): string {
    if (typeof this.value !== 'string' || this.value === '') this.reject(requirement);
    return this.value;
  }

  integer(min: number, max: number): number {
    const { value } = this;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
      this.reject(`an integer from ${min} to ${max}`);
    }
    return value;
  }

  boolean(): boolean {
    if (typeof this.value !== 'boolean') this.reject('true or false');
    return this.value;
  }

  oneOf<Choice extends string>(choices: readonly Choice[]): Choice {
    const choice = choices.find((each) => each === this.value);
    return choice ?? this.reject(choices.map((each) => `'${each}'`).join(' or '));
  }

  list(): readonly Field[] {
    if (!Array.isArray(this.value)) this.reject('a list');
    return this.value.map((item: unknown, index) => new Field(this.file, `${this.path}[${index}]`, item));
  }

  private place(): string {
    return `${this.file}: ${this.path}`;
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'function') return 'a function';
  return value === undefined ? 'missing' : String(value);
}
