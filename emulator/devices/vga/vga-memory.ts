import type { BochsVbe } from './bochs-vbe.ts';
import type { GraphicsController } from './graphics-controller.ts';
import { readByte, readPlane, writtenWord } from './planes.ts';
import type { Sequencer } from './sequencer.ts';
import { LEGACY_BYTES, type VideoHost, WINDOW_BYTES } from './video-memory.ts';

const CHAIN4_BYTES = 0x10000;

/**
 * How the window lies over video memory. `text` (even and odd bytes are planes 0 and 1) and `chain4` (consecutive bytes)
 * are what nearly all programs use: then the window is plain memory and holds what the planes would. In all other
 * layouts every access comes here. From one layout to the next the bytes are carried over.
 */
type Layout =
  | { readonly kind: 'text'; readonly first: number; readonly end: number }
  | { readonly kind: 'chain4'; readonly first: 0; readonly end: typeof CHAIN4_BYTES }
  | { readonly kind: 'planes'; readonly first: 0; readonly end: 0 };

const PLANES: Layout = { kind: 'planes', first: 0, end: 0 };

export interface VgaMemoryParts {
  readonly host: VideoHost;
  readonly sequencer: Sequencer;
  readonly graphics: GraphicsController;
  readonly vbe: BochsVbe;
}

/**
 * The four planes behind A0000h-BFFFFh, their latches, and the linear framebuffer.
 * Document: IBM VGA reference, "Video memory organization". As in QEMU, memory of chained modes lies without gaps: where a
 * VGA puts the 64,000 bytes of mode 13h at every fourth address of each plane, here they are at the first ones.
 */
export class VgaMemory {
  /** The four bytes that the last read of the planes gave, plane 0 lowest. */
  latch = 0;
  private readonly host: VideoHost;
  private readonly sequencer: Sequencer;
  private readonly graphics: GraphicsController;
  private readonly vbe: BochsVbe;
  private readonly words: Int32Array;
  private layout: Layout = PLANES;

  constructor({ host, sequencer, graphics, vbe }: VgaMemoryParts) {
    this.host = host;
    this.sequencer = sequencer;
    this.graphics = graphics;
    this.vbe = vbe;
    this.words = new Int32Array(host.video.buffer, host.video.byteOffset, host.video.length / 4);
  }

  /** Follows the registers: to be called when one was written that says where bytes go. */
  follow(): void {
    const layout = this.layoutNow();
    if (layout.kind === this.layout.kind && layout.first === this.layout.first) return;
    this.flush();
    this.layout = layout;
    this.fill();
    this.host.setPlain(layout.first, layout.end);
  }

  /** Registers and all of memory were replaced together: nothing has to be carried over. */
  adopt(): void {
    this.layout = this.layoutNow();
    this.host.setPlain(this.layout.first, this.layout.end);
  }

  /** Reads at an offset from A0000h where the window isn't plain. */
  read(offset: number, size: 1 | 2 | 4): number {
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = (value << 8) | this.readWindow(offset + i);
    return value >>> 0;
  }

  write(offset: number, size: 1 | 2 | 4, value: number): void {
    for (let i = 0; i < size; i++) {
      const byte = (value >>> (8 * i)) & 0xff;
      this.host.putWindow(offset + i, byte);
      this.writeWindow(offset + i, byte);
    }
  }

  /** Reads of the linear framebuffer; beyond its end it begins again. */
  readLinear(offset: number, size: 1 | 2 | 4): number {
    let value = 0;
    for (let i = size - 1; i >= 0; i--) {
      const at = (offset + i) % this.host.video.length;
      const inWindow = this.windowOffsetOf(at);
      value = (value << 8) | (inWindow < 0 ? this.host.video[at] : this.host.window[inWindow]);
    }
    return value >>> 0;
  }

  writeLinear(offset: number, size: 1 | 2 | 4, value: number): void {
    for (let i = 0; i < size; i++) {
      const at = (offset + i) % this.host.video.length;
      const byte = (value >>> (8 * i)) & 0xff;
      this.host.video[at] = byte;
      const inWindow = this.windowOffsetOf(at);
      if (inWindow >= 0) this.host.storeWindow(inWindow, 1, byte);
    }
    this.host.touchVideo(offset % this.host.video.length, size);
  }

  /** Zeroes from the start of video memory. */
  clear(sizeBytes: number): void {
    this.host.video.fill(0, 0, sizeBytes);
    this.host.touchVideo(0, sizeBytes);
  }

  /** Puts a character generator into plane 2 as the video BIOS does: 32 bytes a character, `height` of them given. */
  loadFont(planeOffset: number, firstCharacter: number, glyphs: Uint8Array, height: number): void {
    for (let i = 0; i < glyphs.length; i++) {
      const address = planeOffset + (firstCharacter + Math.floor(i / height)) * 32 + (i % height);
      this.host.video[(address & 0xffff) * 4 + 2] = glyphs[i];
      this.host.touchVideo((address & 0xffff) * 4, 4);
    }
  }

  /** Everything that can show, planes interleaved: the adapter's memory, with what the window holds in its place. */
  picture(): Uint8Array {
    if (this.layout.kind === 'planes') return this.host.video;
    const planes = this.host.video.slice(0, LEGACY_BYTES);
    this.copyWindow(planes);
    return planes;
  }

  private layoutNow(): Layout {
    const { sequencer, graphics, vbe } = this;
    if (vbe.isEnabled || !graphics.isTransparent) return PLANES;
    const { first, end } = graphics.window;
    if (sequencer.isChain4) {
      const isPlain = sequencer.mapMask === 15 && first === 0 && end === CHAIN4_BYTES;
      return isPlain ? { kind: 'chain4', first, end } : PLANES;
    }
    const isText = sequencer.isOddEven && graphics.isOddEven && sequencer.mapMask === 3;
    return isText && end - first === 0x8000 ? { kind: 'text', first, end } : PLANES;
  }

  /** Brings what the window holds into the planes. */
  private flush(): void {
    const { layout, host } = this;
    if (layout.kind === 'planes') return;
    this.copyWindow(host.video);
    host.touchVideo(0, CHAIN4_BYTES);
  }

  private copyWindow(target: Uint8Array): void {
    const { layout, host } = this;
    const shown = host.window.subarray(layout.first, layout.end);
    if (layout.kind === 'chain4') target.set(shown);
    else for (let i = 0; i < shown.length; i++) target[(i >> 1) * 4 + (i & 1)] = shown[i];
  }

  /** Brings the planes into the window, as far as it doesn't hold the same already. */
  private fill(): void {
    const { layout, host } = this;
    for (let offset = layout.first; offset < layout.end; offset += 4) {
      let value = 0;
      let isSame = true;
      for (let i = 3; i >= 0; i--) {
        const byte = host.video[this.videoOffsetOf(offset + i)];
        isSame &&= byte === host.window[offset + i];
        value = (value << 8) | byte;
      }
      if (!isSame) host.storeWindow(offset, 4, value >>> 0);
    }
  }

  private videoOffsetOf(windowOffset: number): number {
    const { kind, first } = this.layout;
    const at = windowOffset - first;
    return kind === 'chain4' ? at : (at >> 1) * 4 + (at & 1);
  }

  /** Where plain memory stands for a byte of video memory; -1 where none does. */
  private windowOffsetOf(videoOffset: number): number {
    const { kind, first, end } = this.layout;
    if (kind === 'planes' || (kind === 'text' && (videoOffset & 2) !== 0)) return -1;
    const at = kind === 'chain4' ? videoOffset : (videoOffset >> 2) * 2 + (videoOffset & 1);
    return first + at < end ? first + at : -1;
  }

  private readWindow(offset: number): number {
    const at = this.addressOf(offset);
    if (at < 0) return 0xff;
    const { graphics, sequencer, vbe } = this;
    if (this.isLinear) return this.host.video[(at + vbe.bankStart) % this.host.video.length];
    const isPaired = graphics.isOddEven && !sequencer.isChain4;
    this.latch = this.words[this.wordOf(isPaired ? at >> 1 : at)];
    const registers = graphics.fields.graphics;
    const plane = isPaired ? (readPlane(registers) & 2) | (at & 1) : readPlane(registers);
    return readByte(registers, this.latch, plane);
  }

  private writeWindow(offset: number, byte: number): void {
    const at = this.addressOf(offset);
    if (at < 0) return;
    const { host, sequencer, vbe } = this;
    if (this.isLinear) {
      const linear = (at + vbe.bankStart) % this.host.video.length;
      if (!vbe.isEnabled && ((sequencer.mapMask >> (linear & 3)) & 1) === 0) return;
      host.video[linear] = byte;
      host.touchVideo(linear, 1);
      return;
    }
    const isPaired = sequencer.isOddEven && !vbe.isEnabled;
    const word = this.wordOf(isPaired ? at >> 1 : at);
    const mapMask = isPaired ? sequencer.mapMask & ((at & 1) === 0 ? 5 : 10) : sequencer.mapMask;
    const registers = this.graphics.fields.graphics;
    this.words[word] = writtenWord(registers, mapMask, this.latch, this.words[word], byte);
    host.touchVideo(word * 4, 4);
  }

  /** Consecutive bytes of the window are consecutive in video memory. */
  private get isLinear(): boolean {
    return this.vbe.isEnabled ? this.vbe.depth !== 4 : this.sequencer.isChain4;
  }

  /** An offset from A0000h as an address within the part of the window that answers; -1 outside. */
  private addressOf(offset: number): number {
    const { first, end } = this.vbe.isEnabled ? { first: 0, end: CHAIN4_BYTES } : this.graphics.window;
    return offset >= first && offset < end && offset < WINDOW_BYTES ? offset - first : -1;
  }

  /** Index of the word that holds an address in all planes. */
  private wordOf(address: number): number {
    return this.vbe.isEnabled ? (address + this.vbe.bankStart) % this.words.length : address & 0xffff;
  }
}
