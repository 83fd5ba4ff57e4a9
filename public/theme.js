// Sets the chosen theme before the first paint. "light" or "dark"; anything else leaves it to the system.
try {
  const theme = localStorage.getItem("sluice.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be blocked; the system's theme is then right.
}
