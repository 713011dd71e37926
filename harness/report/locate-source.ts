import { statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { LocateSource } from './github.ts';

/**
 * Looks for a source file in the folders from that of the symbols up to the repository's. What debug information names
 * is text from outside: only a file inside of the repository is ever found. Paths are given relative to it.
 */
export function sourceLocator(repository: string, from: string): LocateSource {
  const folders = foldersBetween(repository, from);
  return (file) => {
    const candidates = isAbsolute(file) ? [file] : folders.map((folder) => join(folder, file));
    const found = candidates.find((each) => isInside(repository, each) && isFile(each));
    return found === undefined ? undefined : relative(repository, found).split(sep).join('/');
  };
}

function foldersBetween(repository: string, from: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = resolve(from); isInside(repository, folder); folder = dirname(folder)) folders.push(folder);
  return [...folders, resolve(repository)];
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false; // a name too long, with a null byte, behind a loop of links: it isn't there
  }
}
