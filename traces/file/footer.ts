import { checkCount, checkTuple } from '../encoding/check.ts';
import { decodeValue } from '../encoding/codec.ts';
import { MAX_COUNT, MAX_U32 } from '../format.ts';
import { FRAME_HEAD_BYTES, FRAME_TAIL_BYTES } from './frame.ts';

/** The end of a whole trace. Its CRC of the index, which holds every chunk's CRC, makes it a digest of the trace. */
export interface Footer {
  readonly indexOffset: number;
  readonly indexCrc: number;
  readonly writes: number;
  readonly events: number;
}

const NUMBERS = 4;
const BODY_BYTES = 1 + NUMBERS * 9;
/** The whole footer chunk: always the same, so a reader finds it from the end of the file. */
export const FOOTER_BYTES = FRAME_HEAD_BYTES + BODY_BYTES + FRAME_TAIL_BYTES;

/** [index offset, index CRC, writes, events], each a MessagePack uint 64 to keep the length fixed. */
export function encodeFooter(footer: Footer): Uint8Array {
  const body = new Uint8Array(BODY_BYTES);
  const view = new DataView(body.buffer);
  body[0] = 0x90 | NUMBERS;
  [footer.indexOffset, footer.indexCrc, footer.writes, footer.events].forEach((value, number) => {
    body[1 + number * 9] = 0xcf;
    view.setBigUint64(2 + number * 9, BigInt(value));
  });
  return body;
}

export function decodeFooter(body: Uint8Array): Footer {
  const [indexOffset, indexCrc, writes, events] = checkTuple(decodeValue(body), NUMBERS, 'the footer');
  return {
    indexOffset: checkCount(indexOffset, MAX_COUNT, 'the offset of the index'),
    indexCrc: checkCount(indexCrc, MAX_U32, 'the CRC of the index'),
    writes: checkCount(writes, MAX_COUNT, 'the number of writes'),
    events: checkCount(events, MAX_COUNT, 'the number of events'),
  };
}
