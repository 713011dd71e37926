import { decodeValue } from '../encoding/codec.ts';
import { MalformedTrace, TraceError } from '../error.ts';
import type { ByteSource } from '../stream.ts';
import { type ChunkBody, type ChunkSummary, readBody } from './chunk-body.ts';
import type { ChunkEntry } from './chunk-index.ts';
import { readFrame, readFrameHead } from './frame.ts';

/** Reads chunks one at a time from a source, and says where one is damaged. */
export class ChunkSource {
  readonly name: string;
  readonly sizeBytes: number;
  readonly path: string | undefined;
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    this.name = source.name;
    this.sizeBytes = source.sizeBytes;
    this.path = source.path;
    this.#source = source;
  }

  bytes(offset: number, length: number): Uint8Array {
    const bytes = this.#source.read(offset, length);
    if (bytes.length !== length) this.fail(offset, 'the file became shorter while it was read: open it again');
    return bytes;
  }

  /** The chunk of an index entry. Whatever differs from the entry is damage. */
  chunk(entry: ChunkEntry): ChunkBody {
    return this.at(entry.offset, () => {
      const bytes = this.bytes(entry.offset, entry.lengthBytes);
      const head = readFrameHead(bytes);
      if (head.kind !== entry.kind || head.lengthBytes !== entry.lengthBytes) {
        throw new MalformedTrace(`the index announces a ${entry.kind} chunk of ${entry.lengthBytes} bytes here`);
      }
      const { body, crc } = readFrame(bytes);
      const read = readBody(entry.kind, decodeValue(body));
      if (crc !== entry.crc || !isSame(read.summary, entry)) {
        throw new MalformedTrace('this chunk differs from what the index announces');
      }
      return read;
    });
  }

  /** Checks that a chunk's bytes are those that the index announces, by its CRC alone. */
  verify(entry: ChunkEntry): void {
    this.at(entry.offset, () => {
      if (readFrame(this.bytes(entry.offset, entry.lengthBytes)).crc !== entry.crc) {
        throw new MalformedTrace('this chunk differs from what the index announces');
      }
    });
  }

  /** Runs a decoder; what it finds wrong becomes an error at `offset`. */
  at<T>(offset: number, decode: () => T): T {
    try {
      return decode();
    } catch (error) {
      if (!(error instanceof MalformedTrace)) throw error;
      return this.fail(offset, `${error.message}. The trace is damaged: fetch the file again, or record it again`);
    }
  }

  fail(offset: number, message: string): never {
    throw new TraceError({ file: this.name, offset }, message);
  }
}

function isSame(summary: ChunkSummary, entry: ChunkEntry): boolean {
  return (Object.keys(summary) as (keyof ChunkSummary)[]).every((key) => summary[key] === entry[key]);
}
