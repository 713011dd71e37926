import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export interface SourceFile {
  readonly path: string; // from the repository's root, with slashes
  readonly text: string;
}

/** Every TypeScript file under the given folders of the repository. */
export function sourceFiles(...folders: readonly string[]): readonly SourceFile[] {
  return folders
    .flatMap((folder) => walk(join(ROOT, folder)))
    .map((file) => ({
      path: relative(ROOT, file),
      text: readFileSync(file, 'utf8'),
    }));
}

function walk(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (name === 'fixtures') return [];
    if (statSync(path).isDirectory()) return walk(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

export interface Import {
  readonly from: string; // path of the importing file
  readonly specifier: string; // as written
  readonly target: string; // repository path for relative imports, else the package's name
  readonly isTypeOnly: boolean;
}

const STATIC = /^(?:import|export)\s+(type\s+)?(?:[\w*{][^;'"]*?from\s+)?['"]([^'"]+)['"]/gms;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** The imports and re-exports of a file, dynamic ones too. */
export function importsOf({ path, text }: SourceFile): readonly Import[] {
  const found = [...text.matchAll(STATIC)].map((match) => ({
    specifier: match[2],
    isTypeOnly: match[1] !== undefined,
  }));
  const dynamic = [...text.matchAll(DYNAMIC)].map((match) => ({ specifier: match[1], isTypeOnly: false }));
  return [...found, ...dynamic].map(({ specifier, isTypeOnly }) => ({
    from: path,
    specifier,
    isTypeOnly,
    target: specifier.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(path), specifier)) : specifier,
  }));
}
