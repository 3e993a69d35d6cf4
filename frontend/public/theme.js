// Runs before the first paint, so that a dark page never flashes white.
(function () {
  var scheme = 'auto';
  try {
    scheme = localStorage.getItem('yoke.theme') || 'auto';
  } catch (_) {
    // Storage is switched off: follow the system.
  }
  if (scheme !== 'light' && scheme !== 'dark') {
    scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
})();
