// Sets the chosen theme before the page is painted.
'use strict';
try {
  const theme = localStorage.getItem('gomend-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing follows the system.
}
