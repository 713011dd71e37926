/** Joins a file's name with its directory; below the compilation directory the path is relative to that one. */
export function sourcePath(name: string, directory: string, compilationDirectory: string): string {
  const full = name.startsWith('/') || directory === '' ? name : `${directory}/${name}`;
  const path = withoutDots(full);
  const top = `${withoutDots(compilationDirectory)}/`;
  return compilationDirectory !== '' && path.startsWith(top) ? path.slice(top.length) : path;
}

/** The path without empty parts, `.`, and `..` behind a named part. */
function withoutDots(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return (path.startsWith('/') ? '/' : '') + parts.join('/');
}
