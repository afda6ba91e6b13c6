/** What part of the day is shown, and what is selected: both stand in the URL, as minutes since the day began. */

import { url } from '../../router';
import { setQuery } from '../../url_state';
import type { Day, Stretch } from './minutes';

/** "420-1200" of a parameter, as a stretch of the day; null if there is none, or it makes no sense. */
export function stretchInUrl(day: Day, name: 'zoom' | 'select'): Stretch | null {
  const found = /^(\d{1,4}(?:\.\d+)?)-(\d{1,4}(?:\.\d+)?)$/.exec(url.value.searchParams.get(name) ?? '');
  if (!found) return null;
  const from = day.start + Number(found[1]) * 60_000;
  const to = Math.min(day.end, day.start + Number(found[2]) * 60_000);
  return from < to ? { from, to } : null;
}

/** As the parameter has it. */
function stretchText(day: Day, stretch: Stretch): string {
  const minutes = (time: number) => String(Math.round((time - day.start) / 600) / 100);
  return `${minutes(stretch.from)}-${minutes(stretch.to)}`;
}

/** How long a gesture may pause before its end becomes a step for Back, in ms. */
const gestureMs = 400;
let latest = 0;

/** Shows a part of the day. A drag or a turn of the wheel is one step of Back, however many moves it has. */
export function setZoom(day: Day, view: Stretch): void {
  const now = performance.now();
  const usual = usualView(day);
  const isUsual = view.from === usual.from && view.to === usual.to;
  setQuery({ zoom: isUsual ? null : stretchText(day, view) }, { replace: now - latest < gestureMs });
  latest = now;
}

export function setSelection(day: Day, selection: Stretch | null): void {
  setQuery({ select: selection && stretchText(day, selection) }, { replace: true });
}

/** Without anything in the URL: from the hour before the first thing that is known to the hour after the last. */
export function usualView(day: Day): Stretch {
  const observed = day.answer.columns.observed_sec;
  const first = observed.findIndex((seconds) => seconds > 0);
  if (first < 0) return { from: day.start, to: day.end };
  const last = observed.findLastIndex((seconds) => seconds > 0) + 1;
  const hour = 3_600_000;
  const from = Math.max(day.start, day.start + Math.floor((day.timeOf(first) - day.start) / hour - 0.25) * hour);
  const to = Math.min(day.end, day.start + Math.ceil((day.timeOf(last) - day.start) / hour + 0.25) * hour);
  return to - from < 6 * hour ? { from: Math.max(day.start, to - 6 * hour), to } : { from, to };
}
