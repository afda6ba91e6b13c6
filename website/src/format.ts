/** Numbers and times in words. */

const figureSpace = '\u2007';

/** "2 h 14 min" of minutes. `aligned`: minutes stand under minutes in a column. */
export function dur(minutes: number, aligned = false): string {
  const whole = Math.round(minutes);
  const hours = Math.floor(whole / 60);
  const rest = whole % 60;
  const pad = aligned && hours > 0 && rest < 10 ? figureSpace : '';
  return `${hours > 0 ? `${count(hours)} h ` : ''}${pad}${rest} min`;
}

/** "12,345" */
export const count = (n: number): string => Math.round(n).toLocaleString('en');

/** "1 machine", "3 machines" */
export const counted = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** "14 s", "3 min", "2 h 5 min", "4 days": how long something is ago. */
export function ago(seconds: number, aligned = false): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 86_400) return dur(Math.floor(whole / 60), aligned);
  return counted(Math.floor(whole / 86_400), 'day');
}

/** The words of what somebody looks for, each of which has to be found. */
export const wordsIn = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean);

export function hasWords(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
}

/** Orders names as people do: "pc-9" before "pc-10". */
export const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one takes far longer than using it. Where a machine's zone has no name, it is "UTC+05:30". */
function formatOf(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  let made = formats.get(key);
  if (!made)
    formats.set(key, (made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone.replace(/^UTC(?=[+-])/, '') })));
  return made;
}

/** "15:04" of an instant, on the clock of a zone. */
export const clock = (at: Date | string, zone: string): string =>
  formatOf(zone, { hour: '2-digit', minute: '2-digit' }).format(new Date(at));

/** "Thu 12 Nov", on the calendar of a zone. */
export const day = (at: Date | string, zone: string): string =>
  formatOf(zone, { weekday: 'short', day: 'numeric', month: 'short' }).format(new Date(at)).replace(',', '');

/** "12 Nov 2026, 15:04" */
export const moment = (at: Date | string, zone: string): string =>
  formatOf(zone, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }).format(new Date(at));

/** "2026-11-12": the day of an instant in a zone, as the API takes it. */
export const isoDay = (at: Date | string, zone: string): string =>
  formatOf(zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date(at)).split('/').reverse().join('-');

/** How far the clock of a zone is ahead of UTC at an instant, in minutes. */
export function offsetMin(at: number, zone: string): number {
  const parts = formatOf(zone, { timeZoneName: 'longOffset' }).formatToParts(at);
  const [, sign, hours, minutes] = /([+-])(\d+):(\d+)/.exec(parts.find(({ type }) => type === 'timeZoneName')?.value ?? '') ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
}

/** The viewer's own zone. */
export const viewerZone: string = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function hoursText(ms: number): string {
  const hours = ms / 3_600_000;
  return Number.isInteger(hours) ? counted(hours, 'hour') : dur(ms / 60_000);
}

/** A day that is `days` after another, both as "2026-11-12". */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** "Wednesday, 11 Nov 2026" of "2026-11-11". */
export const dayTitle = (date: string): string =>
  formatOf('UTC', { weekday: 'long', day: 'numeric', month: 'short', year: 'numeric' })
    .format(new Date(`${date}T00:00:00Z`))
    .replace(/^(\w+) /, '$1, ');

/** A day such as "2026-11-12" as the options say. */
export const dateText = (date: string, options: Intl.DateTimeFormatOptions): string =>
  formatOf('UTC', options)
    .format(new Date(`${date}T00:00:00Z`))
    .replace(',', '');
