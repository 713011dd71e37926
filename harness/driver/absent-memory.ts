import { OperatingError } from '../../emulator/index.ts';

/** What was to be read or written isn't there right now: a null pointer, or no page is mapped. */
export class AbsentMemoryError extends OperatingError {}
