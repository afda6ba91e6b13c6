/** The days of a year, a column a week. */

import { useWidth } from '../../charts/measure';
import { quartileOf, quartiles } from '../../charts/quartiles';
import { dateText, dur } from '../../format';
import { navigate } from '../../router';
import type { RangeAnswer } from './range_data';
import type { Span } from './span';
import { Scale } from './weekday_hours';

const nameWidth = 34;
const rowHeight = 22;
const head = 20;
const weeks = 54;
/** Narrower than this, the year is scrolled. */
const leastWidth = 560;

interface CalendarProps {
  /** Of the whole year, up to today at least. */
  year: RangeAnswer;
  /** What the page shows is framed. */
  shown: Span;
  hrefOf: (date: string) => string;
}

export function Calendar({ year, shown, hrefOf }: CalendarProps) {
  const { element, width } = useWidth<HTMLDivElement>();
  return (
    <div class="chart roll" tabIndex={0} role="region" aria-label="The year by day">
      <div ref={element}>
        {width > 0 && <Days year={year} shown={shown} hrefOf={hrefOf} width={Math.max(leastWidth, width)} />}
      </div>
      <Scale limits={quartiles(minutesOf(year))} of="quartiles" />
    </div>
  );
}

const minutesOf = (year: RangeAnswer): number[] => year.days.active_sec.map((sec) => sec / 60);

/** Monday is 0. */
const weekdayOf = (date: string): number => (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;

function Days({ year, shown, hrefOf, width }: CalendarProps & { width: number }) {
  const first = year.days.date[0]!;
  const offset = weekdayOf(first);
  const cell = (width - nameWidth) / weeks;
  const minutes = minutesOf(year);
  const limits = quartiles(minutes);
  const place = (index: number) => ({
    x: nameWidth + Math.floor((index + offset) / 7) * cell,
    y: head + ((index + offset) % 7) * rowHeight,
  });
  const total = minutes.reduce((sum, each) => sum + each, 0);
  return (
    <svg
      height={head + 7 * rowHeight}
      viewBox={`0 0 ${width} ${head + 7 * rowHeight}`}
      style={{ minWidth: `${width}px` }}
      role="img"
      aria-label={`Active time on each day of ${first.slice(0, 4)}, ${dur(total)} in all`}
    >
      {year.days.date.map((date, i) => {
        const { x, y } = place(i);
        return (
          <g key={date}>
            {date.endsWith('-01') && (
              <text
                x={Math.ceil((i + offset) / 7) * cell + nameWidth}
                y="11"
                class={date.slice(0, 7) === shown.from.slice(0, 7) ? 'strong' : undefined}
              >
                {dateText(date, { month: 'short' })}
              </text>
            )}
            <rect
              class={`g-q${quartileOf(minutes[i]!, limits)} day-cell`}
              x={x + 1}
              y={y}
              width={Math.max(1, cell - 2)}
              height={rowHeight - 2}
              rx="2"
              onClick={() => navigate(hrefOf(date))}
            >
              <title>
                {dateText(date, { weekday: 'short', day: 'numeric', month: 'short' })}:{' '}
                {minutes[i]! > 0 ? dur(minutes[i]!) : 'not active'}
              </title>
            </rect>
          </g>
        );
      })}
      {['Mon', 'Wed', 'Fri', 'Sun'].map((name, i) => (
        <text key={name} x="0" y={head + 14 + i * 2 * rowHeight}>
          {name}
        </text>
      ))}
      <path class="g-ink frame" d={frameOf(first, shown, offset, cell)} />
    </svg>
  );
}

/** The outline of the days that are shown, round whole cells. */
function frameOf(first: string, shown: Span, offset: number, cell: number): string {
  const indexOf = (date: string) => Math.round((Date.parse(date) - Date.parse(first)) / 86_400_000);
  const last = Math.min(indexOf(shown.to), indexOf(`${first.slice(0, 4)}-12-31`));
  const begin = Math.max(0, indexOf(shown.from));
  if (last < begin) return '';
  const [a, b] = [begin + offset, last + offset];
  const column = (index: number) => nameWidth + Math.floor(index / 7) * cell;
  const [xa, xb] = [column(a), column(b)];
  const ya = head + (a % 7) * rowHeight - 1;
  const yb = head + (b % 7) * rowHeight + rowHeight - 1;
  const [y0, y1] = [head - 1, head - 1 + 7 * rowHeight];
  if (xa === xb) return `M${xa} ${ya}H${xa + cell}V${yb}H${xa}z`;
  return `M${xa} ${ya}H${xa + cell}V${y0}H${xb + cell}V${yb}H${xb}V${y1}H${xa}z`;
}
