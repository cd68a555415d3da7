// A file of its own, not inline: it must run before the first paint (no flash of the wrong theme) under a policy without inline scripts.
try {
  const theme = localStorage.getItem('recount.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage can be forbidden; the system's theme is then the answer.
}
