import { encodeValue } from '../encoding/codec.ts';
import { packBytes } from '../encoding/compress.ts';
import { FILE_PIECE_BYTES } from '../format.ts';
import { pieceBody } from './chunk-body.ts';
import { buildFrame, type Frame } from './frame.ts';

/** A piece of an embedded file: its size unpacked, in bytes, and the chunk that has it. */
export interface FileFrame {
  readonly count: number;
  readonly frame: Frame;
}

interface Packed {
  readonly sha256: string;
  readonly number: number;
  readonly frame: Frame;
}

// A gate records many runs of one kernel: compressing its image and its ELF takes longer than many of them last.
const frames = new WeakMap<Uint8Array, Packed>();

/** The chunks of a file, which is the `number`th of its trace. */
export function* fileFrames(
  { bytes, sha256 }: { readonly bytes: Uint8Array; readonly sha256: string },
  number: number,
): Generator<FileFrame> {
  for (let at = 0; at < bytes.length; at += FILE_PIECE_BYTES) {
    const piece = bytes.subarray(at, at + FILE_PIECE_BYTES);
    const isWhole = piece.length === bytes.length;
    yield { count: piece.length, frame: isWhole ? keptFrame(bytes, sha256, number) : frameOf(piece, number) };
  }
}

function keptFrame(bytes: Uint8Array, sha256: string, number: number): Frame {
  const known = frames.get(bytes);
  if (known?.sha256 === sha256 && known.number === number) return known.frame;
  const frame = frameOf(bytes, number);
  frames.set(bytes, { sha256, number, frame });
  return frame;
}

function frameOf(piece: Uint8Array, number: number): Frame {
  return buildFrame('file', encodeValue(pieceBody(number, piece.length, packBytes(piece))));
}
