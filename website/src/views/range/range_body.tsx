/** The sums and charts of a range that is loaded. */

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { clock, count, counted, dateText, dur } from '../../format';
import { Icon } from '../../icons';
import { AppRow, colourOfRank } from '../../parts/apps';
import { type Figure, Figures } from '../../parts/figures';
import { Loaded, type Resource } from '../../parts/resource';
import { Calendar } from './calendar';
import { DayBars } from './day_bars';
import { change, type RangeAnswer } from './range_data';
import { beforeName, type Span, spanTitle } from './span';
import { WeekdayHours, WeekdayHoursTable } from './weekday_hours';

interface RangeBodyProps {
  range: RangeAnswer;
  year: Resource<RangeAnswer>;
  span: Span;
  hrefOf: (date: string) => string;
}

export function RangeBody({ range, year, span, hrefOf }: RangeBodyProps) {
  const before = beforeName(span.kind);
  const total = range.totals.active_sec / 60;
  const summary = `Active time on each day, ${spanTitle(span)}, by application; ${dur(total)} in all${versus(range)}`;
  return (
    <>
      <Figures label="Sums of the range" figures={figuresOf(range)} />
      <div class="range-layout">
        <ChartCard title="Active time by day" detail={`outline: ${before}`} table={<DaysTable range={range} hrefOf={hrefOf} />}>
          <DayBars range={range} beforeName={before.replace(/^t/, 'T')} hrefOf={hrefOf} summary={summary} />
        </ChartCard>
        <Applications range={range} span={span} />
        <div class="range-pair">
          <ChartCard title="Hour by weekday" detail="mean of the range" table={<WeekdayHoursTable range={range} />}>
            <WeekdayHours range={range} />
          </ChartCard>
          <ChartCard
            title={span.to.slice(0, 4)}
            detail="active time by day"
            table={year.data && <DaysTable range={year.data} hrefOf={hrefOf} />}
          >
            <Loaded of={year} what="The year" skeleton={<div class="chart chart-skeleton" />}>
              {(loaded) => <Calendar year={loaded} shown={span} hrefOf={hrefOf} />}
            </Loaded>
          </ChartCard>
        </div>
      </div>
    </>
  );
}

function versus(range: RangeAnswer): string {
  const by = change(range.totals.active_sec, range.before.totals.active_sec);
  return by && `, ${by} against the period before`;
}

interface ChartCardProps {
  title: string;
  detail: string;
  /** The chart's numbers; absent while they are loading. */
  table: ComponentChildren;
  children: ComponentChildren;
}

/** A chart, and the table behind it. */
function ChartCard({ title, detail, table, children }: ChartCardProps) {
  const [isTable, setIsTable] = useState(false);
  return (
    <section class="card" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <span class="soft no-phone">{detail}</span>
        <span class="grow" />
        <button
          type="button"
          class="btn quiet less"
          aria-pressed={isTable}
          disabled={!table}
          onClick={() => setIsTable(!isTable)}
        >
          <Icon name={isTable ? 'chart' : 'table'} />
          <span class="no-phone">{isTable ? 'Show as chart' : 'Show as table'}</span>
          <span class="only-phone sr">{isTable ? 'Show as chart' : 'Show as table'}</span>
        </button>
      </header>
      {isTable ? table : children}
    </section>
  );
}

/** A day counts as one of work when there was so much activity. */
const workingDaySec = 3600;

function figuresOf(range: RangeAnswer): Figure[] {
  const { totals, days, before } = range;
  const was = before.totals;
  const working = days.active_sec.filter((sec) => sec >= workingDaySec);
  const mean = working.reduce((sum, sec) => sum + sec, 0) / Math.max(1, working.length);
  const against = (now: number, then: number, text: string) =>
    then > 0 ? `${text} before, ${change(now, then)}` : 'nothing before';
  const scriptedDays = days.date.filter((_, i) => days.scripted_sec[i]! > 0);
  return [
    {
      name: 'Active',
      value: dur(totals.active_sec / 60),
      detail: against(totals.active_sec, was.active_sec, dur(was.active_sec / 60)),
    },
    { name: 'A working day', value: dur(mean / 60), detail: `${counted(working.length, 'day')} of ${days.date.length}` },
    { name: 'Idle', value: dur(totals.idle_sec / 60), detail: against(totals.idle_sec, was.idle_sec, dur(was.idle_sec / 60)) },
    { name: 'Scripted', value: dur(totals.scripted_sec / 60), detail: scriptedText(scriptedDays) },
    { name: 'Keys', value: count(totals.key_count), detail: against(totals.key_count, was.key_count, count(was.key_count)) },
    {
      name: 'Clicks',
      value: count(totals.mouse_clicks),
      detail: against(totals.mouse_clicks, was.mouse_clicks, count(was.mouse_clicks)),
    },
    { name: 'Begins, ends', value: beginsEnds(range), detail: 'medians of working days' },
  ];
}

function scriptedText(dates: string[]): string {
  if (dates.length === 0) return 'none';
  if (dates.length > 2) return `on ${dates.length} days`;
  return `on ${dates.map((date) => dateText(date, { day: 'numeric', month: 'short' })).join(' and ')}`;
}

/** Medians of the first and the last activity, on the clock that the times came with. */
function beginsEnds({ days, timezone }: RangeAnswer): string {
  const minutesOf = (times: (string | null)[]) =>
    times
      .filter((time, i): time is string => time !== null && days.active_sec[i]! >= workingDaySec)
      .map(
        (time) =>
          clock(time, timezone || 'UTC')
            .split(':')
            .map(Number) as [number, number],
      )
      .map(([hours, minutes]) => hours * 60 + minutes)
      .sort((a, b) => a - b);
  const text = (minutes: number[]) => {
    const middle = minutes[Math.floor(minutes.length / 2)];
    return middle === undefined ? 'none' : `${Math.floor(middle / 60)}:${String(middle % 60).padStart(2, '0')}`;
  };
  const [first, last] = [text(minutesOf(days.first_activity)), text(minutesOf(days.last_activity))];
  return first === 'none' ? 'none' : `${first} and ${last}`;
}

/** As many by name as there is room for. */
const namedApps = 6;

function Applications({ range, span }: { range: RangeAnswer; span: Span }) {
  const rankOf = new Map(range.day_apps.app.map((app, rank) => [app, rank]));
  const beforeOf = new Map(range.before.apps.map(({ app, active_sec }) => [app, active_sec]));
  const named = range.apps.slice(0, namedApps);
  const rest = range.apps.slice(namedApps);
  const most = Math.max(1, ...range.apps.map((app) => app.active_sec));
  const restSec = Math.max(0, range.totals.active_sec - named.reduce((sum, app) => sum + app.active_sec, 0));
  return (
    <section class="card" aria-label="Applications">
      <header>
        <h2>Applications</h2>
        <span class="soft">{span.kind}, and change</span>
      </header>
      {named.length === 0 ? (
        <p class="pad soft">None was used.</p>
      ) : (
        <ul class="apps with-change">
          {named.map(({ app, active_sec }) => {
            const colour = colourOfRank(rankOf.get(app) ?? Infinity);
            return (
              <AppRow key={app} name={app} seconds={active_sec} most={most} colour={colour}>
                <span class="soft small change">{change(active_sec, beforeOf.get(app) ?? 0)}</span>
              </AppRow>
            );
          })}
          {restSec > 60 && (
            <AppRow name={rest.length ? counted(rest.length, 'other') : 'Others'} seconds={restSec} most={most} colour={0}>
              <span />
            </AppRow>
          )}
        </ul>
      )}
    </section>
  );
}

function DaysTable({ range, hrefOf }: { range: RangeAnswer; hrefOf: (date: string) => string }) {
  const { days, before } = range;
  return (
    <div
      class="box days-table"
      tabIndex={0}
      role="region"
      aria-label={`${spanTitle({ kind: 'other', from: range.from, to: range.to })}, day by day`}
    >
      <table class="tbl low">
        <thead>
          <tr>
            <th>Day</th>
            <th class="num">Active</th>
            <th class="num">Before</th>
            <th class="num">Idle</th>
            <th class="num">Scripted</th>
            <th class="num">Keys</th>
          </tr>
        </thead>
        <tbody>
          {days.date.map((date, i) => (
            <tr key={date}>
              <td>
                <a href={hrefOf(date)}>{dateText(date, { weekday: 'short', day: 'numeric', month: 'short' })}</a>
              </td>
              <td class="num">{dur(days.active_sec[i]! / 60, true)}</td>
              <td class="num">{dur(before.active_sec[i]! / 60, true)}</td>
              <td class="num">{dur(days.idle_sec[i]! / 60, true)}</td>
              <td class="num">{dur(days.scripted_sec[i]! / 60, true)}</td>
              <td class="num">{count(days.key_count[i]!)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
