/**
 * The URL on this machine: the path of the endpoint below that of `--forward-to`.
 * @param path with its query
 */
export function localUrl(forwardTo: string, path: string): string {
  const base = new URL(forwardTo);
  return `${base.origin}${base.pathname.replace(/\/+$/, '')}${path}`;
}

/** Null, or what is wrong with the value of `--forward-to`. */
export function forwardToProblem(value: string): string | null {
  const url = URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol))
    return `--forward-to takes a URL like http://localhost:4000, not "${value}"`;
  if (url.search !== '' || url.hash !== '')
    return '--forward-to takes no query and no fragment: those of each request are used';
  return null;
}
