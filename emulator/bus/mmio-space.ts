import { assert } from '../base/assert.ts';
import type { AccessSize, ReadNature } from './ports.ts';

/** A device's window in physical memory. Values are unsigned and `size` bytes wide; an access may lie across registers. */
export interface MmioClaim {
  readonly owner: string; // for messages: "local APIC"
  readonly first: number; // whole pages
  readonly last: number;
  readonly read: (physical: number, size: AccessSize) => number;
  /** Of a read that comes now; every read is `acting` when absent. */
  readonly readNature?: (physical: number) => ReadNature;
  readonly write: (physical: number, size: AccessSize, value: number) => void;
}

const PAGE_MASK = 0xfff;

/** The windows of devices in physical memory. There are few, and an access stays within a page. */
export class MmioSpace {
  #claims: readonly MmioClaim[] = [];
  /** Told of every access that a device takes, before it. */
  onAccess: (nature: ReadNature) => void = () => undefined;

  claim(claim: MmioClaim): void {
    const { owner, first, last } = claim;
    const isWholePages = (first & PAGE_MASK) === 0 && (last & PAGE_MASK) === PAGE_MASK && first < last;
    assert(isWholePages, `${owner} claims physical memory ${first} to ${last}`);
    this.#claims = [...this.#claims, claim];
  }

  release(claim: MmioClaim): void {
    this.#claims = this.#claims.filter((other) => other !== claim);
  }

  /** The window that a physical address lies in; of two, the one that was claimed first. */
  at(physical: number): MmioClaim | undefined {
    for (const claim of this.#claims) if (physical >= claim.first && physical <= claim.last) return claim;
    return undefined;
  }

  read(claim: MmioClaim, physical: number, size: AccessSize): number {
    this.onAccess(claim.readNature?.(physical) ?? 'acting');
    return claim.read(physical, size);
  }

  write(claim: MmioClaim, physical: number, size: AccessSize, value: number): void {
    this.onAccess('acting');
    claim.write(physical, size, value);
  }
}
