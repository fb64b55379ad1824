/**
 * Calls back when the npm that started this script was killed: that kills npm's shell, but not this script. Without
 * npm nothing happens when the parent ends.
 */
export function whenNpmIsGone(action) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    action();
  }, 500);
  watch.unref();
}
