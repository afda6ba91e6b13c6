/** Hour by weekday: how active a usual hour of the week is. */

import { useWidth } from '../../charts/measure';
import { quartileOf, quartiles } from '../../charts/quartiles';
import { dur } from '../../format';
import type { RangeAnswer } from './range_data';

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const nameWidth = 34;
const rowHeight = 22;
const head = 20;

/** Mean active minutes of each hour of the week. */
export function meansOf({ weekday_hours }: RangeAnswer): number[] {
  return weekday_hours.active_sec.map((sec, hour) => sec / 60 / Math.max(1, weekday_hours.days[Math.floor(hour / 24)]!));
}

export function WeekdayHours({ range }: { range: RangeAnswer }) {
  const { element, width } = useWidth<HTMLDivElement>();
  const means = meansOf(range);
  const limits = quartiles(means);
  const cell = (width - nameWidth) / 24;
  return (
    <div class="chart">
      <div ref={element}>
        {width > 0 && (
          <svg
            height={head + 7 * rowHeight}
            viewBox={`0 0 ${width} ${head + 7 * rowHeight}`}
            role="img"
            aria-label={summaryOf(means)}
          >
            {[0, 3, 6, 9, 12, 15, 18, 21].map((hour) => (
              <text key={hour} x={nameWidth + hour * cell} y="11" text-anchor={hour ? 'middle' : 'start'}>
                {hour}
              </text>
            ))}
            {means.map((minutes, i) => (
              <rect
                key={i}
                class={`g-q${quartileOf(minutes, limits)}`}
                x={nameWidth + (i % 24) * cell + 1}
                y={head + Math.floor(i / 24) * rowHeight}
                width={Math.max(1, cell - 2)}
                height={rowHeight - 2}
                rx="2"
              >
                <title>
                  {weekdays[Math.floor(i / 24)]} {i % 24} to {(i % 24) + 1}: {minutes > 0 ? dur(minutes) : 'never active'}
                </title>
              </rect>
            ))}
            {weekdays.map((name, row) => (
              <text key={name} x="0" y={head + 14 + row * rowHeight}>
                {name}
              </text>
            ))}
          </svg>
        )}
      </div>
      <Scale limits={limits} of="quartiles of the hours with activity" />
    </div>
  );
}

function summaryOf(means: number[]): string {
  const best = means.indexOf(Math.max(...means));
  if ((means[best] ?? 0) <= 0) return 'No hour of the week with activity';
  return `Most active on ${weekdays[Math.floor(best / 24)]} from ${best % 24} to ${(best % 24) + 1}, ${dur(means[best]!)} of the hour`;
}

/** The five colours of quartiles, with their limits in minutes as words. */
export function Scale({ limits, of }: { limits: readonly number[]; of: string }) {
  return (
    <div class="legend">
      <span class="quartiles" aria-hidden="true">
        {[0, 1, 2, 3, 4].map((level) => (
          <i key={level} class={`fill-q${level}`} />
        ))}
      </span>
      <span>
        none, then {of}
        {limits.length > 0 && `: up to ${limits.map((limit) => dur(limit)).join(', ')}, more`}
      </span>
    </div>
  );
}

export function WeekdayHoursTable({ range }: { range: RangeAnswer }) {
  const means = meansOf(range);
  return (
    <div class="box" tabIndex={0} role="region" aria-label="Hours of the week">
      <table class="tbl low">
        <thead>
          <tr>
            <th>Hour</th>
            {weekdays.map((name) => (
              <th key={name} class="num">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: 24 }, (_, hour) => (
            <tr key={hour}>
              <td>
                {hour} to {hour + 1}
              </td>
              {weekdays.map((name, row) => (
                <td key={name} class="num">
                  {dur(means[row * 24 + hour]!)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
