/** How often a test repeats the same: `few` times in a common run, `many` times in `npm run nightly`. */
export function rounds(few: number, many: number): number {
  return process.env['NIGHTLY'] ? many : few;
}
