import { CR0_AM, FLAG_AC } from '../constants.ts';
import { TLB_ALIGNED } from '../paging/tlb.ts';
import * as S from '../state.ts';

/**
 * Works out what accesses to data need. Alignment is checked at CPL 3 when CR0.AM and EFLAGS.AC are set (SDM vol. 3A, 6.15,
 * interrupt 17); to be called when one of the three has changed. `s` is the processor's `state.i32`.
 */
export function refreshDataNeeds(s: Int32Array): void {
  const isChecked = s[S.CPL] === 3 && (s[S.CR0] & CR0_AM) !== 0 && (s[S.EFLAGS] & FLAG_AC) !== 0;
  s[S.DATA_READ] = isChecked ? TLB_ALIGNED : s[S.NEED_READ];
  s[S.DATA_WRITE] = isChecked ? TLB_ALIGNED : s[S.NEED_WRITE];
}
