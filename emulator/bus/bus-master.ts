/**
 * A device's own access to physical memory (DMA): past the processor, its paging and the A20 gate. Stores are recorded
 * with origin `dma`; one where there is no RAM is lost, and a read there gives all ones;
 * windows of devices are reached.
 */
export interface BusMaster {
  read(physical: number, lengthBytes: number): Uint8Array;
  write(physical: number, bytes: Uint8Array): void;
}
