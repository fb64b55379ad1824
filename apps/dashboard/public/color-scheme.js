// Sets the color scheme before the first paint, so that a dark page does not begin white.
(function () {
  let chosen;
  try {
    chosen = localStorage.getItem('breakwater-color-scheme');
  } catch {
    // Storage is blocked, for example in a frame: the system decides.
  }
  const isDark =
    chosen === 'dark' || (chosen !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light');
})();
