/**
 * Calls back when the npm that started this script was killed: it takes its shell along but not us.
 * Run without npm, the parent may end as it likes.
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
