// What the first paint depends on: the chosen theme, and whose view the address asks for.
try {
  const theme = localStorage.getItem("sluice.theme");
  // "light" or "dark"; anything else leaves it to the system.
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be blocked; the system's theme is then right.
}
document.documentElement.dataset.view = /^#\/([a-z]+)/.exec(location.hash)?.[1] ?? "guide";
