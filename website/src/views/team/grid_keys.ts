/** The arrow keys in a table whose cells are links: one of them takes Tab, the others are reached from there. */

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-10, 0],
  PageDown: [10, 0],
};

/** Cells have their row and column in data-at. Those near the ones in sight are in the document; the focus scrolls on. */
export function moveInGrid(event: KeyboardEvent, rows: number): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-at]');
  const step = steps[event.key];
  if (!cell || !step) return;
  const [row, column] = cell.dataset['at']!.split(',').map(Number) as [number, number];
  const to = Math.max(0, Math.min(rows - 1, row + step[0]));
  const next = cell.closest('tbody')!.querySelector<HTMLElement>(`[data-at="${to},${column + step[1]}"]`);
  next?.focus();
  event.preventDefault();
  event.stopPropagation();
}

/** Tab comes back to where it was. Returns the cell that has it now. */
export function takeFocus(event: FocusEvent, before: HTMLElement | null): HTMLElement | null {
  const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-at]');
  if (!cell) return before;
  if (before) before.tabIndex = -1;
  cell.tabIndex = 0;
  return cell;
}
