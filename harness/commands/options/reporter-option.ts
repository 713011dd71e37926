import type { Reporter, ReporterName } from '../../report/reporters.ts';
import { UsageError } from '../usage-error.ts';

// Written out here because loading the reporters would slow down every other command.
const NAMES: readonly ReporterName[] = ['terminal', 'json', 'junit', 'github'];

/** The reporters that `--reporter NAME[=FILE]` and `--json` ask for; the terminal's if none. Errors: UsageError. */
export function parseReporters(texts: readonly string[], isJson: boolean): readonly Reporter[] {
  const reporters: readonly Reporter[] = [...texts.map(parseReporter), ...(isJson ? [{ name: 'json' } as const] : [])];
  if (reporters.length === 0) return [{ name: 'terminal' }];
  const printed = reporters.filter(({ name, file }) => file === undefined && name !== 'github');
  if (printed.length > 1) {
    const names = printed.map(({ name }) => name).join(' and ');
    throw new UsageError(`${names} would be printed into each other: give all but one a file, --reporter junit=FILE`);
  }
  return reporters;
}

function parseReporter(text: string): Reporter {
  const at = text.indexOf('=');
  const [given, file] = at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  const name = NAMES.find((each) => each === given);
  if (name === undefined || file === '') {
    throw new UsageError(`--reporter ${JSON.stringify(text)}: give NAME or NAME=FILE; there is ${NAMES.join(', ')}`);
  }
  return file === undefined ? { name } : { name, file };
}
