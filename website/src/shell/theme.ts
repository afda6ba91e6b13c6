/** The theme: as the system, light, dark. Kept in the browser; ../theme.ts sets it before the first paint. */

const order = ['system', 'light', 'dark'] as const;

export function nextTheme(): void {
  const root = document.documentElement;
  const now = order.indexOf((root.dataset['theme'] ?? 'system') as (typeof order)[number]);
  const next = order[(now + 1) % order.length]!;
  if (next === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = next;
  try {
    if (next === 'system') localStorage.removeItem('theme');
    else localStorage.setItem('theme', next);
  } catch {
    // It holds until the page is left.
  }
}
