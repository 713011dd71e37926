import { OperatingError } from '../../emulator/index.ts';
import type { AcceptedCause } from '../compare/index.ts';
import { Field } from '../config/field.ts';
import { LENS_NAMES } from '../lenses/index.ts';

const VERSION = 1;

/** What accepted.json beside a golden trace holds. It is about that trace and no other. */
export interface AcceptedFile {
  readonly goldenSha256: string;
  readonly causes: readonly AcceptedCause[];
}

export function renderAccepted({ goldenSha256, causes }: AcceptedFile): string {
  return `${JSON.stringify({ version: VERSION, goldenSha256, causes }, undefined, 1)}\n`;
}

/** Errors: OperatingError naming the file and the field. */
export function parseAccepted(file: string, text: string): AcceptedFile {
  const field = new Field(file, '', parseJson(file, text)).object(['version', 'goldenSha256', 'causes']);
  requireVersion(field, VERSION);
  return {
    goldenSha256: field.at('goldenSha256').string('the SHA-256 of the golden trace'),
    causes: field
      .at('causes')
      .list()
      .map((each) => causeFields(each.object(['id', 'lens', 'paragraph', 'differences']))),
  };
}

/** The members of an accepted cause in an object that may have others. */
export function causeFields(field: Field): AcceptedCause {
  return {
    id: field.at('id').string("a cause's id"),
    lens: field.at('lens').oneOf(LENS_NAMES),
    paragraph: field.at('paragraph').string(),
    differences: field
      .at('differences')
      .list()
      .map((each) => each.string('a fingerprint')),
  };
}

/** Errors: OperatingError for a file that another version of gilt wrote. */
export function requireVersion(field: Field, version: number): void {
  const member = field.at('version');
  if (member.value !== version) member.reject(`${version}; is this file from another version of gilt?`);
}

/** Errors: OperatingError naming the file. */
export function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new OperatingError(file, `is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
