import { plainJson } from './text-digest.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;
const FEW_UNITS = 1024;
const BILLION = 1e9;

/** The keys of a record in the order that it has them, and sorted, each as the units of `"key":`. */
interface Shape {
  readonly keys: readonly string[];
  readonly fields: readonly { readonly key: string; readonly units: Uint16Array }[];
}

/**
 * Appends what plainJson gives, as UTF-16 code units, without making texts of the records that come again and again. Their
 * own keys are plain names.
 */
export class JsonUnits {
  private units = new Uint16Array(FEW_UNITS);
  private used = 0;
  private readonly shapes = new Map<unknown, Shape>();

  get length(): number {
    return this.used;
  }

  /** The bytes of all units so far; valid until the next is put. */
  bytes(): Uint8Array {
    return new Uint8Array(this.units.buffer, 0, this.used * 2);
  }

  clear(): void {
    this.used = 0;
  }

  putUnit(unit: number): void {
    if (this.used === this.units.length) this.makeRoom(1);
    this.units[this.used++] = unit;
  }

  putText(text: string): void {
    this.makeRoom(text.length);
    for (let i = 0; i < text.length; i++) this.units[this.used++] = text.charCodeAt(i);
  }

  /** Records of the same `kind` are expected to have the same keys; it's quick if they do. */
  putRecord(record: { readonly kind: string }): void {
    const values = record as Readonly<Record<string, unknown>>;
    const { fields } = this.shapeOf(values);
    let separator = 0x7b; // {
    for (let i = 0; i < fields.length; i++) {
      const { key, units } = fields[i];
      const value = values[key];
      if (value === undefined) continue;
      this.putUnit(separator);
      separator = COMMA;
      this.putUnits(units);
      this.putValue(value);
    }
    if (separator !== COMMA) this.putUnit(separator);
    this.putUnit(0x7d);
  }

  private putValue(value: unknown): void {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) this.putInteger(value);
    else if (typeof value === 'string') this.putQuoted(value);
    else this.putText(plainJson(value));
  }

  /** A safe integer, not negative. */
  private putInteger(value: number): void {
    this.makeRoom(16);
    if (value < BILLION) {
      this.putDigits(value, 1);
      return;
    }
    const high = Math.floor(value / BILLION);
    this.putDigits(high, 1);
    this.putDigits(value - high * BILLION, 9);
  }

  private putDigits(value: number, atLeast: number): void {
    let count = atLeast;
    for (let power = 10 ** atLeast; value >= power; power *= 10) count++;
    let rest = value | 0;
    for (let at = this.used + count - 1; at >= this.used; at--) {
      const tenth = (rest / 10) | 0;
      this.units[at] = ZERO + rest - 10 * tenth;
      rest = tenth;
    }
    this.used += count;
  }

  private putQuoted(text: string): void {
    this.makeRoom(text.length + 2);
    const start = this.used;
    this.units[this.used++] = QUOTE;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x20 || unit > 0x7e || unit === QUOTE || unit === 0x5c) {
        this.used = start;
        this.putText(JSON.stringify(text));
        return;
      }
      this.units[this.used++] = unit;
    }
    this.units[this.used++] = QUOTE;
  }

  private putUnits(units: Uint16Array): void {
    this.makeRoom(units.length);
    for (let i = 0; i < units.length; i++) this.units[this.used + i] = units[i];
    this.used += units.length;
  }

  private makeRoom(count: number): void {
    if (this.used + count <= this.units.length) return;
    const larger = new Uint16Array(2 * this.units.length + count);
    larger.set(this.units);
    this.units = larger;
  }

  private shapeOf(record: Readonly<Record<string, unknown>>): Shape {
    const known = this.shapes.get(record.kind);
    if (known !== undefined && hasKeys(record, known.keys)) return known;
    const keys = Object.keys(record);
    const fields = [...keys].sort().map((key) => {
      const text = `${JSON.stringify(key)}:`;
      return { key, units: Uint16Array.from(text, (character) => character.charCodeAt(0)) };
    });
    const shape = { keys, fields };
    this.shapes.set(record.kind, shape);
    return shape;
  }
}

function hasKeys(record: Readonly<Record<string, unknown>>, keys: readonly string[]): boolean {
  let count = 0;
  for (const key in record) if (keys[count++] !== key) return false;
  return count === keys.length;
}
