/** @param baseUrl where users reach the API, with or without a slash at the end */
export function linkTo(baseUrl: string, path: string): string {
  return `${baseUrl.replace(/\/+$/, '')}${path}`;
}
