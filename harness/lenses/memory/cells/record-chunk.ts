import type { SiteNumber } from '../../state/site-list.ts';

const MAX_U32 = 0xffff_ffff;

/** Plain data that a chunk is made of again. What is undefined would hold the same for all rows. */
export interface RecordColumns {
  readonly value: Uint32Array;
  readonly flags: Uint8Array; // see value-records.ts
  readonly onlyPoint: number; // where there is no column; negative: none yet
  readonly points: Uint32Array | undefined;
  readonly names: Uint32Array | undefined; // undefined: all are plain
  readonly firstIcount: number; // negative: none yet
  readonly since: Uint32Array | Float64Array; // icounts since the first
  readonly onlySite: SiteNumber; // where there is no column; negative: none yet
  readonly sites: Uint32Array | undefined;
  readonly before: Uint32Array | undefined;
  readonly nth: Uint8Array | undefined;
}

/**
 * Some records of values in columns: a run may have millions. Columns that hold one and the same for all rows, as those
 * of memory that a loop fills, take no room.
 */
export class RecordChunk implements RecordColumns {
  readonly value: Uint32Array;
  readonly flags: Uint8Array;
  onlyPoint: number;
  points: Uint32Array | undefined;
  names: Uint32Array | undefined;
  firstIcount: number;
  since: Uint32Array | Float64Array;
  onlySite: SiteNumber;
  sites: Uint32Array | undefined;
  before: Uint32Array | undefined;
  nth: Uint8Array | undefined;

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
      onlySite: -1,
      sites: undefined,
      before: undefined,
      nth: undefined,
    });
  }

  columns(): RecordColumns {
    return { ...this };
  }

  /** What a row of another chunk says of a value, and of those before it. */
  copyRow(row: number, from: RecordChunk, source: number): void {
    this.value[row] = from.value[source];
    this.flags[row] = from.flags[source];
    this.setSpot(row, from.icountOf(source), from.siteOf(source));
    this.setPoint(row, from.pointOf(source));
    this.setName(row, from.nameOf(source));
    this.setBefore(row, from.beforeOf(source));
    this.setNth(row, from.nthOf(source));
  }

  /** When and where the row's value was stored. */
  setSpot(row: number, icount: number, site: SiteNumber): void {
    this.admit(icount, icount);
    this.since[row] = icount - this.firstIcount;
    const sites = this.sitesFor(site);
    if (sites !== undefined) sites[row] = site;
  }

  /** To be called before `since` is given values of these icounts. It may be another array afterwards. */
  admit(from: number, to: number): void {
    if (this.firstIcount < 0) this.firstIcount = from;
    // A run of more than 2^32 instructions, or a value restored from before.
    const isWide = from < this.firstIcount || to - this.firstIcount > MAX_U32;
    if (isWide && this.since instanceof Uint32Array) this.since = Float64Array.from(this.since);
  }

  icountOf(row: number): number {
    return this.firstIcount + this.since[row];
  }

  siteOf(row: number): SiteNumber {
    return this.sites === undefined ? this.onlySite : this.sites[row];
  }

  /** The column that this site belongs in; undefined while all rows have it. */
  sitesFor(site: SiteNumber): Uint32Array | undefined {
    if (this.onlySite < 0) this.onlySite = site;
    if (this.sites === undefined && site !== this.onlySite) this.sites = this.column(this.onlySite);
    return this.sites;
  }

  /** How many points of observation came before the row's value. */
  pointOf(row: number): number {
    return this.points === undefined ? this.onlyPoint : this.points[row];
  }

  setPoint(row: number, point: number): void {
    const points = this.pointsFor(point);
    if (points !== undefined) points[row] = point;
  }

  /** As with sites. */
  pointsFor(point: number): Uint32Array | undefined {
    if (this.onlyPoint < 0) this.onlyPoint = point;
    if (this.points === undefined && point !== this.onlyPoint) this.points = this.column(this.onlyPoint);
    return this.points;
  }

  /** The name that the row's value was logged by. */
  nameOf(row: number): number {
    return this.names === undefined ? 0 : this.names[row];
  }

  setName(row: number, name: number): void {
    if (name !== 0) this.names ??= this.column(0);
    if (this.names !== undefined) this.names[row] = name;
  }

  /** The record of the cell that was logged before. */
  beforeOf(row: number): number {
    return this.before === undefined ? 0 : this.before[row];
  }

  setBefore(row: number, before: number): void {
    if (before !== 0) this.before ??= this.column(0);
    if (this.before !== undefined) this.before[row] = before;
  }

  /** How many were logged before. */
  nthOf(row: number): number {
    return this.nth === undefined ? 0 : this.nth[row];
  }

  setNth(row: number, nth: number): void {
    if (nth !== 0) this.nth ??= new Uint8Array(this.value.length);
    if (this.nth !== undefined) this.nth[row] = nth;
  }

  private column(value: number): Uint32Array {
    return new Uint32Array(this.value.length).fill(value);
  }
}
