/** Runs before anything is painted: the theme that this person chose, if it is not the system's. See shell/theme.ts. */
{
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem('theme');
  } catch {
    // Storage is closed to this page: the system's theme.
  }
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset['theme'] = chosen;
}
