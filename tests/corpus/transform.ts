/** Replaces whole identifiers. A local label of the same name is one, too: rows choose names that are unique. */
export function renameIdentifiers(text: string, names: Readonly<Record<string, string>>): string {
  return text.replace(/[A-Za-z_]\w*/g, (word) => names[word] ?? word);
}

const FUNCTION = /(?:^\/\*(?:(?!\*\/)[\s\S])*\*\/\n)?^(?=[a-z_])([^;{}=#]*\([^;{}]*\))\n\{\n[\s\S]*?^\}\n/gm;
const GLOBAL =
  /(?:^\/\*(?:(?!\*\/)[\s\S])*\*\/\n)?^(?!typedef|struct \w+ \{|enum|union|extern|return)(?:[a-z_][\w *]*?\w[\w *[\]]*)(?:\s*=\s*[^;{}]*)?;\n/gm;

/**
 * Turns the order of a C file's functions round. Functions with something else between them keep their places to each
 * other, since it may be needed by those behind it. Prototypes in front make every order compile.
 */
export function reverseFunctions(text: string): string {
  return runsOf(text, [...text.matchAll(FUNCTION)]).reduceRight((changed, run) => {
    const prototypes = run.map((match) => `${match[1].trim()};\n`).join('');
    return reverseRun(changed, run, `${prototypes}\n`);
  }, text);
}

/** Turns the order of a C file's variables round, of those that stand together. */
export function reverseGlobals(text: string): string {
  return runsOf(text, [...text.matchAll(GLOBAL)]).reduceRight((changed, run) => reverseRun(changed, run, ''), text);
}

type Run = readonly RegExpExecArray[];

/** Matches with nothing but blank lines between them, in groups of two or more. */
function runsOf(text: string, matches: Run): readonly Run[] {
  const runs: RegExpExecArray[][] = [];
  let end = -1;
  for (const match of matches) {
    if (end >= 0 && text.slice(end, match.index).trim() === '') runs[runs.length - 1].push(match);
    else runs.push([match]);
    end = match.index + match[0].length;
  }
  return runs.filter((run) => run.length > 1);
}

/** The run's last match where its first is, and so on. What lies behind the run keeps its place in the text. */
function reverseRun(text: string, run: Run, front: string): string {
  const start = run[0].index;
  const last = run[run.length - 1];
  const reversed = run.map((match) => match[0]).reverse();
  return `${text.slice(0, start)}${front}${reversed.join('\n')}${text.slice(last.index + last[0].length)}`;
}
