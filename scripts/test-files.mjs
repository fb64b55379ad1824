/**
 * Whether only tests use a file: it is not built, and what holds for the product alone does not hold for it.
 * @param path from the root of the repository, with `/`
 */
export function isTestFile(path) {
  return /\.(spec|suite|fixture|spec-data)\.tsx?$/.test(path) || path.startsWith('libs/testing/');
}
