import { assert } from '../base/assert.ts';
import { hex } from '../base/hex.ts';
import type { AccessSize, PortClaim, ReadNature } from './ports.ts';

const PORT_COUNT = 65536;
const NO_CLAIM = 0;

interface PlacedClaim {
  readonly claim: PortClaim;
  readonly widthMask: number;
}

/**
 * The 64 KiB of I/O ports: finds the device that claimed a port. A wide access that the device's handler doesn't take is
 * split into halves, low half first, as the ISA bus does; ports wrap at 64 KiB.
 */
export class PortSpace {
  readonly #onUnhandled: (what: string) => void;
  readonly #onRead: (nature: ReadNature) => void;
  readonly #claims: PlacedClaim[] = [];
  readonly #claimOfPort = new Uint16Array(PORT_COUNT); // index in #claims + 1
  readonly #movable = new Map<string, PlacedClaim>();

  /**
   * `onUnhandled` hears of every access that no device takes, in words: "read of port 0x1f7"; `onRead` of every read that
   * a device takes, before it.
   */
  constructor(onUnhandled: (what: string) => void, onRead: (nature: ReadNature) => void = () => undefined) {
    this.#onUnhandled = onUnhandled;
    this.#onRead = onRead;
  }

  claim(claim: PortClaim): void {
    const { owner, first, last } = claim;
    assert(first >= 0 && first <= last && last < PORT_COUNT, `${owner} claims ports ${first} to ${last}`);
    for (let port = first; port <= last; port++) {
      const taken = this.#claimOfPort[port];
      assert(taken === NO_CLAIM, `port ${hex(port, 1)} is claimed by ${this.#ownerOf(taken)} and by ${owner}`);
    }
    this.#claims.push(placed(claim));
    this.#claimOfPort.fill(this.#claims.length, first, last + 1);
  }

  /**
   * Ports that the guest may put elsewhere, or nowhere (undefined): `key` tells whose. They may lie anywhere; a port that
   * another device has claimed for good stays that one's.
   */
  move(key: string, claim: PortClaim | undefined): void {
    if (claim === undefined) this.#movable.delete(key);
    else this.#movable.set(key, placed(claim));
  }

  /** The unsigned value read; all ones where nothing answers. */
  read(port: number, size: AccessSize): number {
    const found = this.#at(port);
    if (found?.claim.read !== undefined && (found.widthMask & size) !== 0) {
      this.#onRead(found.claim.readNature?.(port) ?? 'acting');
      return found.claim.read(port, size);
    }
    if (!this.#splits(port, size)) {
      this.#onUnhandled(`read of port ${hex(port, 1)}`);
      return allOnes(size);
    }
    const half = size === 4 ? 2 : 1;
    const low = this.read(port, half);
    const high = this.read(portAfter(port, half), half);
    return (low | (high << (half * 8))) >>> 0;
  }

  write(port: number, size: AccessSize, value: number): void {
    const found = this.#at(port);
    if (found?.claim.write !== undefined && (found.widthMask & size) !== 0) {
      found.claim.write(port, size, value);
      return;
    }
    if (!this.#splits(port, size)) {
      this.#onUnhandled(`write of port ${hex(port, 1)}`);
      return;
    }
    const half = size === 4 ? 2 : 1;
    this.write(port, half, (value & allOnes(half)) >>> 0);
    this.write(portAfter(port, half), half, value >>> (half * 8));
  }

  /** A wide access is split if any of its ports is claimed; one to ports of nobody is a single event. */
  #splits(port: number, size: AccessSize): boolean {
    if (size === 1) return false;
    for (let offset = 0; offset < size; offset++) {
      if (this.#at(portAfter(port, offset)) !== undefined) return true;
    }
    return false;
  }

  #at(port: number): PlacedClaim | undefined {
    const index = this.#claimOfPort[port];
    if (index !== NO_CLAIM) return this.#claims[index - 1];
    for (const each of this.#movable.values()) {
      if (port >= each.claim.first && port <= each.claim.last) return each;
    }
    return undefined;
  }

  #ownerOf(index: number): string {
    return index === NO_CLAIM ? 'nobody' : this.#claims[index - 1].claim.owner;
  }
}

function placed(claim: PortClaim): PlacedClaim {
  return { claim, widthMask: (claim.widths ?? [1]).reduce((mask, size) => mask | size, 0) };
}

function portAfter(port: number, offset: number): number {
  return (port + offset) % PORT_COUNT;
}

function allOnes(size: AccessSize): number {
  return size === 4 ? 0xffffffff : (1 << (size * 8)) - 1;
}
