/** What the pages of a machine have in their line of context: where they are, the day or range, and the zone. */

import { segment } from '../api';
import { addDays, dayTitle, isoDay, viewerZone } from '../format';
import { Icon } from '../icons';
import { url } from '../router';
import { setQuery } from '../url_state';
import { Menu } from './menu';

/** On whose clock a machine's page is: its own, or that of an IANA zone. */
export type Zone = string | null;

/** The zone that stands in the URL; null: the machine's own. */
export function zoneInUrl(): Zone {
  return url.value.searchParams.get('tz');
}

/** The zone as the API takes it. */
export function zoneQuery(zone: Zone): string {
  return zone === null ? '' : `&tz=${encodeURIComponent(zone)}`;
}

/** The day that stands in the URL, "2026-11-12"; else today, by the viewer's clock. */
export function dateInUrl(): string {
  const date = url.value.searchParams.get('date') ?? '';
  return /^\d{4}-\d{2}-\d{2}$/.test(date) ? date : isoDay(new Date(), viewerZone);
}

/** "Fleet / Ann's desk": the machine's name leads to its day. */
export function Crumb({ machine, name, page }: { machine: string; name: string; page?: string }) {
  return (
    <>
      <nav class="crumb no-phone" aria-label="Where">
        <a href="/">Fleet</a>
        <span class="soft">/</span>
        {page && (
          <>
            <a href={`/machines/${segment(machine)}`}>
              <bdi>{name}</bdi>
            </a>
            <span class="soft">/</span>
          </>
        )}
      </nav>
      <h1 class="cut">{page ?? <bdi>{name}</bdi>}</h1>
    </>
  );
}

/** One day back, the day itself, one day on. */
export function DayStepper({ date, today }: { date: string; today: string }) {
  const go = (to: string) => setQuery({ date: to === today ? null : to, zoom: null, select: null });
  return (
    <>
      <span class="seg less">
        <button type="button" aria-label="Day before" title="←" onClick={() => go(addDays(date, -1))}>
          <Icon name="left" />
        </button>
        <label class="date-pick">
          <span class="sr">Day</span>
          <span aria-hidden="true">{dayTitle(date)}</span>
          <input
            type="date"
            value={date}
            max={today}
            onChange={(event) => event.currentTarget.value && go(event.currentTarget.value)}
          />
        </label>
        <button type="button" aria-label="Day after" title="→" disabled={date >= today} onClick={() => go(addDays(date, 1))}>
          <Icon name="right" />
        </button>
      </span>
      <button type="button" class="btn less no-phone" disabled={date === today} onClick={() => go(today)}>
        Today
      </button>
    </>
  );
}

/** Day, week, month, year of a machine around a day. */
export function Spans({ machine, date, here }: { machine: string; date: string; here: 'day' | 'week' | 'month' | 'year' }) {
  const path = `/machines/${segment(machine)}`;
  const zone = zoneInUrl();
  const rest = zone === null ? '' : `&tz=${encodeURIComponent(zone)}`;
  const spans = [
    { name: 'Day', is: 'day', query: `date=${date}` },
    { name: 'Week', is: 'week', query: rangeQuery(date, 'week') },
    { name: 'Month', is: 'month', query: rangeQuery(date, 'month') },
    { name: 'Year', is: 'year', query: rangeQuery(date, 'year') },
  ];
  return (
    <nav class="seg less no-phone" aria-label="Range">
      {spans.map((span) => (
        <a key={span.is} href={`${path}?${span.query}${rest}`} aria-current={span.is === here ? 'page' : undefined}>
          {span.name}
        </a>
      ))}
    </nav>
  );
}

/** The week (from Monday), the month or the year that holds a day, as a query. */
export function rangeQuery(date: string, span: 'week' | 'month' | 'year'): string {
  const [year, month] = date.split('-').map(Number) as [number, number];
  if (span === 'year') return `from=${year}-01-01&to=${year}-12-31`;
  if (span === 'month') {
    const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
    return `from=${date.slice(0, 8)}01&to=${date.slice(0, 8)}${String(last).padStart(2, '0')}`;
  }
  const weekday = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
  const monday = addDays(date, -weekday);
  return `from=${monday}&to=${addDays(monday, 6)}`;
}

/** The machine's own clock, or the viewer's. */
export function ZoneMenu({ zone }: { zone: Zone }) {
  const go = (to: Zone) => setQuery({ tz: to, zoom: null, select: null });
  return (
    <span class="no-phone">
      <Menu
        class="btn quiet less"
        label={zone === null ? "Machine's own zone" : zone}
        button={
          <>
            <Icon name="globe" />
            <span class="tl">{zone ?? "Machine's own zone"}</span>
            <Icon name="down" class="end" />
          </>
        }
        items={[
          { label: "Machine's own zone", checked: zone === null, act: () => go(null) },
          { label: `Yours, ${viewerZone}`, checked: zone === viewerZone, act: () => go(viewerZone) },
          { label: 'UTC', checked: zone === 'UTC', act: () => go('UTC') },
        ]}
      />
    </span>
  );
}
