import type { Place } from '../fact.ts';

/** "process_create (process.c:11)", or what is known of it. */
export function placeText(place: Place): string {
  const line = place.source === undefined ? undefined : `${place.source.file}:${place.source.line}`;
  if (place.function !== undefined) return line === undefined ? place.function : `${place.function} (${line})`;
  if (line !== undefined) return line;
  return place.eip === undefined ? 'an unknown place' : `0x${place.eip.toString(16).padStart(8, '0')}`;
}

/** " in process_create (process.c:11)"; nothing where nothing is known. */
export function inPlace(place: Place): string {
  return isKnown(place) ? ` in ${placeText(place)}` : '';
}

/** Is there anything to say about this place? */
export function isKnown(place: Place): boolean {
  return place.function !== undefined || place.source !== undefined || place.eip !== undefined;
}

/** Do both places read alike? */
export function isSamePlace(a: Place, b: Place): boolean {
  return placeText(a) === placeText(b);
}

/** ", golden Y" or, from another place, ", golden Y in f (file:line)". */
export function goldenText(text: string, place: Place, actualPlace: Place): string {
  return isSamePlace(place, actualPlace) ? `, golden ${text}` : `, golden ${text}${inPlace(place)}`;
}

/** "called through kernel_main < start", both sides when they differ; undefined when nothing is known. */
export function chainText(actual: Place | undefined, golden: Place | undefined): string | undefined {
  const [actualChain, goldenChain] = [chainOf(actual), chainOf(golden)];
  if (actualChain === '' && goldenChain === '') return undefined;
  if (actualChain === '') return `golden called through ${goldenChain}`;
  if (goldenChain === '' || actualChain === goldenChain) return `called through ${actualChain}`;
  return `called through ${actualChain}, golden through ${goldenChain}`;
}

/** "create_page_entry had just returned to paging_init": what a value may have come from; undefined when nothing is known. */
export function returnsText(place: Place | undefined): string | undefined {
  if (place?.after === undefined) return undefined;
  const [first, ...others] = place.after;
  const further = others.map(({ callee, caller }) => `, ${callee} to ${caller}`);
  return `${first.callee} had just returned to ${first.caller}${further.join('')}`;
}

function chainOf(place: Place | undefined): string {
  if (place === undefined || place.callers.length === 0) return '';
  const resumed = place.resumedBy === undefined ? '' : ` (interrupting what ${place.resumedBy} had resumed)`;
  return `${place.callers.join(' < ')}${resumed}`;
}
