/** Machines by days. Names, days and sums stay in sight whichever way the table is scrolled. */

import { useRef } from 'preact/hooks';
import { segment } from '../../api';
import { count, dateText, dur } from '../../format';
import { SortHead } from '../../parts/sort_head';
import { Space, useRowWindow } from '../../parts/virtual_rows';
import { moveInGrid, takeFocus } from './grid_keys';
import { nameOf, type SortKey, type Sums, type Team, type TeamRow } from './team_data';

interface TeamTableProps {
  team: Team;
  rows: readonly TeamRow[];
  sums: Sums;
  sort: SortKey;
  descending: boolean;
  onSort: (key: SortKey) => void;
  /** What follows the day in the address of a machine's day. */
  zoneQuery: string;
  today: string;
  /** All rows are to be in the document, as for a printer. */
  isWhole: boolean;
}

/** In px, as team.css has it. */
const rowHeight = 40;

export function TeamTable(props: TeamTableProps) {
  const { team, rows, sums, today, isWhole } = props;
  const { body, window: near } = useRowWindow<HTMLTableSectionElement>(rows.length, rowHeight);
  const shown = isWhole ? { first: 0, end: rows.length, before: 0, after: 0 } : near;
  const focused = useRef<HTMLElement | null>(null);
  return (
    <div class="box team-box" tabIndex={0} role="region" aria-label="Active time by machine and day">
      <table class="tbl team" role="grid" aria-rowcount={rows.length + 2} aria-colcount={team.dates.length + 3}>
        <caption class="sr">
          Active time of {rows.length} machines by day. The arrow keys go from day to day; Enter opens it.
        </caption>
        <Head {...props} />
        <tbody
          ref={body}
          onKeyDown={(event) => moveInGrid(event, rows.length)}
          onFocusIn={(event) => (focused.current = takeFocus(event, focused.current))}
        >
          <Space height={shown.before} />
          {rows.slice(shown.first, shown.end).map((row, i) => (
            <TeamRowView
              key={row.machine_id}
              row={row}
              place={shown.first + i}
              dates={team.dates}
              most={sums.most}
              today={today}
              zoneQuery={props.zoneQuery}
            />
          ))}
          <Space height={shown.after} />
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" class="who-col">
              All {count(rows.length)}
            </th>
            {team.dates.map((date, day) => (
              <td key={date} class="num">
                {date > today ? null : dur(sums.days[day]! / 60, true)}
              </td>
            ))}
            <td class="num sum-col">{dur(sums.active / 60, true)}</td>
            <td class="num mean-col">{dur(sums.mean / 60, true)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function Head({ team, sort, descending, onSort, today }: TeamTableProps) {
  const column = (key: SortKey, name: string, kind: string) => (
    <SortHead class={kind} isSorted={sort === key} descending={descending} onSort={() => onSort(key)}>
      {name}
    </SortHead>
  );
  return (
    <thead>
      <tr>
        {column('name', 'Machine', 'who-col')}
        {team.dates.map((date, i) => (
          <th
            key={date}
            scope="col"
            class={`num ${isWeekend(date) ? 'weekend' : ''}`}
            aria-current={date === today ? 'date' : undefined}
          >
            {dateText(date, { weekday: 'short' })}{' '}
            <b>{dateText(date, i === 0 || date.endsWith('-01') ? { day: 'numeric', month: 'short' } : { day: 'numeric' })}</b>
          </th>
        ))}
        {column('total', 'Total', 'num sum-col')}
        {column('mean', 'Mean of a day', 'num mean-col')}
      </tr>
    </thead>
  );
}

function isWeekend(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).getUTCDay() % 6 === 0;
}

interface TeamRowProps {
  row: TeamRow;
  place: number;
  dates: readonly string[];
  most: number;
  today: string;
  zoneQuery: string;
}

function TeamRowView({ row, place, dates, most, today, zoneQuery }: TeamRowProps) {
  const machine = `/machines/${segment(row.machine_id)}`;
  const name = nameOf(row);
  return (
    <tr aria-rowindex={place + 2}>
      <th scope="row" class="who-col">
        <a href={`${machine}?from=${dates[0]}&to=${dates[dates.length - 1]}${zoneQuery}`} title={name}>
          <bdi>{name}</bdi>
        </a>
        {row.person && row.person !== name && <bdi class="soft small">{row.person}</bdi>}
      </th>
      {dates.map((date, day) =>
        date > today ? (
          <td key={date} role="gridcell" />
        ) : (
          <td key={date} role="gridcell" class={row.observed_sec[day] ? 'num' : 'num unseen'}>
            <a
              href={`${machine}?date=${date}${zoneQuery}`}
              data-at={`${place},${day}`}
              tabIndex={place === 0 && day === 0 ? 0 : -1}
              aria-label={cellLabel(row, day, date)}
              title={cellTitle(row, day)}
            >
              {row.observed_sec[day] ? <Cell row={row} day={day} most={most} /> : null}
            </a>
          </td>
        ),
      )}
      <td role="gridcell" class="num sum-col">
        <b>{dur(row.total_active_sec / 60, true)}</b>
      </td>
      <td role="gridcell" class="num mean-col">
        {row.mean_active_sec > 0 ? dur(row.mean_active_sec / 60, true) : <span class="soft">none</span>}
      </td>
    </tr>
  );
}

/** The time in words, over a bar on one scale for the whole table: scripted time after the active, hatched. */
function Cell({ row, day, most }: { row: TeamRow; day: number; most: number }) {
  const active = row.active_sec[day]!;
  const scripted = row.scripted_sec[day]!;
  return (
    <>
      {active < 30 ? <span class="soft">none</span> : dur(active / 60, true)}
      <span class="team-bar" aria-hidden="true">
        <i class="fill-active" style={{ width: `${(active / most) * 100}%` }} />
        {scripted > 0 && <i class="hatch" style={{ width: `${(scripted / most) * 100}%` }} />}
      </span>
    </>
  );
}

function cellTitle(row: TeamRow, day: number): string {
  if (!row.observed_sec[day]) return 'Not observed';
  const scripted = row.scripted_sec[day]!;
  return `Active ${dur(row.active_sec[day]! / 60)}${scripted > 0 ? `, scripted ${dur(scripted / 60)}` : ''}`;
}

const cellLabel = (row: TeamRow, day: number, date: string): string =>
  `${dateText(date, { weekday: 'long', day: 'numeric', month: 'long' })}, ${cellTitle(row, day)}`;
