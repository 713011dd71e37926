import type { SiteNumber } from '../state/site-list.ts';
import type { NameNumber } from './value-names.ts';

const MAX_U32 = 0xffff_ffff;

/** Plain data that a chunk is made of again. What is undefined would hold the same for all rows. */
export interface RecordColumns {
  readonly value: Uint32Array;
  readonly flags: Uint8Array;
  readonly onlyPoint: number;
  readonly points: Uint32Array | undefined;
  readonly names: Uint32Array | undefined;
  readonly firstIcount: number;
  readonly since: Uint32Array | Float64Array;
  readonly onlySite: SiteNumber;
  readonly sites: Uint32Array | undefined;
  readonly before: Uint32Array | undefined;
  readonly nth: Uint8Array | undefined;
}

/**
 * Some records of values in columns: a run may have millions. Columns that hold one and the same for all rows, as those
 * of memory that a loop fills, take no room.
 */
export class RecordChunk {
  readonly value: Uint32Array;
  readonly flags: Uint8Array; // see value-records.ts
  private onlyPoint: number; // where there is no column; negative: none yet
  private points: Uint32Array | undefined;
  private names: Uint32Array | undefined; // undefined: all are plain
  private firstIcount: number; // negative: none yet
  private since: Uint32Array | Float64Array; // icounts since the first
  private onlySite: SiteNumber; // where there is no column
  private sites: Uint32Array | undefined;
  private before: Uint32Array | undefined;
  private nth: Uint8Array | undefined;

  constructor(columns: RecordColumns) {
    const { value, flags, onlyPoint, points, names, firstIcount, since, onlySite, sites, before, nth } = columns;
    this.value = value;
    this.flags = flags;
    this.onlyPoint = onlyPoint;
    this.points = points;
    this.names = names;
    this.firstIcount = firstIcount;
    this.since = since;
    this.onlySite = onlySite;
    this.sites = sites;
    this.before = before;
    this.nth = nth;
  }

  static empty(rows: number): RecordChunk {
    return new RecordChunk({
      value: new Uint32Array(rows),
      flags: new Uint8Array(rows),
      onlyPoint: -1,
      points: undefined,
      names: undefined,
      firstIcount: -1,
      since: new Uint32Array(rows),
      onlySite: 0,
      sites: undefined,
      before: undefined,
      nth: undefined,
    });
  }

  columns(): RecordColumns {
    const { value, flags, onlyPoint, points, names, firstIcount, since, onlySite, sites, before, nth } = this;
    return { value, flags, onlyPoint, points, names, firstIcount, since, onlySite, sites, before, nth };
  }

  /** When and where the row's value was stored. */
  setSpot(row: number, icount: number, site: SiteNumber): void {
    if (this.firstIcount < 0) {
      this.firstIcount = icount;
      this.onlySite = site;
    }
    const since = icount - this.firstIcount;
    // A run of more than 2^32 instructions, or a value restored from before.
    if ((since < 0 || since > MAX_U32) && this.since instanceof Uint32Array) this.since = Float64Array.from(this.since);
    this.since[row] = since;
    if (this.sites === undefined && site !== this.onlySite) {
      this.sites = new Uint32Array(this.value.length).fill(this.onlySite);
    }
    if (this.sites !== undefined) this.sites[row] = site;
  }

  icountOf(row: number): number {
    return this.firstIcount + this.since[row];
  }

  siteOf(row: number): SiteNumber {
    return this.sites === undefined ? this.onlySite : this.sites[row];
  }

  /** How many points of observation came before the row's value. */
  pointOf(row: number): number {
    return this.points === undefined ? this.onlyPoint : this.points[row];
  }

  setPoint(row: number, point: number): void {
    if (this.points === undefined) {
      if (this.onlyPoint < 0) this.onlyPoint = point;
      if (point === this.onlyPoint) return;
      this.points = new Uint32Array(this.value.length).fill(this.onlyPoint);
    }
    this.points[row] = point;
  }

  /** The name that the row's value was logged by. */
  nameOf(row: number): NameNumber {
    return this.names === undefined ? 0 : this.names[row];
  }

  setName(row: number, name: NameNumber): void {
    if (this.names === undefined) {
      if (name === 0) return;
      this.names = new Uint32Array(this.value.length);
    }
    this.names[row] = name;
  }

  /** The record of the cell that was logged before. */
  beforeOf(row: number): number {
    return this.before === undefined ? 0 : this.before[row];
  }

  setBefore(row: number, before: number): void {
    if (this.before === undefined) {
      if (before === 0) return;
      this.before = new Uint32Array(this.value.length);
    }
    this.before[row] = before;
  }

  /** How many were logged before. */
  nthOf(row: number): number {
    return this.nth === undefined ? 0 : this.nth[row];
  }

  setNth(row: number, nth: number): void {
    if (this.nth === undefined) {
      if (nth === 0) return;
      this.nth = new Uint8Array(this.value.length);
    }
    this.nth[row] = nth;
  }
}
