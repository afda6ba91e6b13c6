/** Active time by day, stacked by application, with the period before as an outline. */

import { useWidth } from '../../charts/measure';
import { dateText, dur } from '../../format';
import { colourOfRank } from '../../parts/apps';
import { navigate } from '../../router';
import type { RangeAnswer } from './range_data';

const axisWidth = 30;
const axisHeight = 36;
const top = 8;
/** The scale ends at a round number of hours, of which there are at most so many lines. */
const mostLines = 6;

interface DayBarsProps {
  range: RangeAnswer;
  beforeName: string;
  hrefOf: (date: string) => string;
  summary: string;
}

export function DayBars({ range, beforeName, hrefOf, summary }: DayBarsProps) {
  const { element, width } = useWidth<HTMLDivElement>();
  return (
    <div class="chart">
      <div ref={element}>{width > 0 && <Bars range={range} width={width} hrefOf={hrefOf} summary={summary} />}</div>
      <div class="legend">
        {range.day_apps.app.map((app, rank) => (
          <span key={app}>
            <i class={`swatch fill-app${colourOfRank(rank)}`} />
            <bdi>{app}</bdi>
          </span>
        ))}
        <span>
          <i class="swatch fill-app0" />
          Others
        </span>
        <span>
          <i class="swatch hatch" />
          Scripted, not in the sum
        </span>
        <span>
          <i class="swatch outline" />
          {beforeName}
        </span>
      </div>
    </div>
  );
}

/** Hours that a scale ends at, and how far apart its lines are. */
function scaleFor(mostSec: number): { hours: number; step: number } {
  const hours = Math.max(2, mostSec / 3600);
  const step = [1, 2, 4, 6].find((each) => hours / each <= mostLines) ?? 8;
  return { hours: Math.ceil(hours / step) * step, step };
}

function Bars({
  range,
  width,
  hrefOf,
  summary,
}: {
  range: RangeAnswer;
  width: number;
  hrefOf: (date: string) => string;
  summary: string;
}) {
  const { days, before } = range;
  const height = width < 500 ? 212 : 268;
  const count = days.date.length;
  const step = (width - axisWidth) / count;
  const bar = Math.min(56, Math.max(2, Math.floor(step * 0.62)));
  const most = Math.max(...days.active_sec.map((sec, i) => sec + days.scripted_sec[i]!), ...before.active_sec);
  const { hours, step: line } = scaleFor(most);
  const y = (sec: number) => top + (height - top) * (1 - sec / (hours * 3600));
  const lines = Array.from({ length: hours / line + 1 }, (_, i) => i * line);
  return (
    <svg height={height + axisHeight} viewBox={`0 0 ${width} ${height + axisHeight}`} role="img" aria-label={summary}>
      {lines.map((hour) => (
        <g key={hour}>
          <path class="g-hair" d={`M${axisWidth} ${y(hour * 3600) + 0.5}H${width}`} />
          <text x={axisWidth - 8} y={y(hour * 3600) + 4} text-anchor="end">
            {hour}
            {hour === hours ? ' h' : ''}
          </text>
        </g>
      ))}
      {days.date.map((date, i) => {
        const x = axisWidth + i * step;
        return (
          <g key={date}>
            {isWeekend(date) && count <= 62 && <rect class="weekend" x={x} y={top} width={step} height={height - top} />}
            <Stack range={range} day={i} x={x + (step - bar) / 2} width={bar} y={y} />
            {before.active_sec[i]! > 0 && bar >= 4 && (
              <path
                class="previous"
                d={`M${x + (step - bar) / 2 - 3.5} ${y(0)}V${y(before.active_sec[i]!)}h${bar + 7}V${y(0)}`}
              />
            )}
            <DayName date={date} index={i} x={x + step / 2} y={height} step={step} />
            <rect
              class="hit"
              x={x}
              y={top}
              width={step}
              height={height - top + axisHeight}
              onClick={() => navigate(hrefOf(date))}
            >
              <title>
                {dateText(date, { weekday: 'short', day: 'numeric', month: 'short' })}: {dur(days.active_sec[i]! / 60)}, before{' '}
                {dur(before.active_sec[i]! / 60)}
              </title>
            </rect>
          </g>
        );
      })}
      <path class="g-line" d={`M${axisWidth} ${height + 0.5}H${width}`} />
    </svg>
  );
}

function Stack({
  range,
  day,
  x,
  width,
  y,
}: {
  range: RangeAnswer;
  day: number;
  x: number;
  width: number;
  y: (sec: number) => number;
}) {
  const { days, day_apps } = range;
  const active = days.active_sec[day]!;
  const parts = day_apps.active_sec.map((perDay, rank) => ({ className: `g-a${colourOfRank(rank)}`, sec: perDay[day] ?? 0 }));
  const named = parts.reduce((sum, part) => sum + part.sec, 0);
  parts.push({ className: 'g-a0', sec: Math.max(0, active - named) }, { className: 'g-scripted', sec: days.scripted_sec[day]! });
  let below = 0;
  return (
    <>
      {parts.map(({ className, sec }) => {
        if (sec < 1) return null;
        const path = `M${x} ${y(below)}V${y(below + sec)}h${width}V${y(below)}z`;
        below += sec;
        return <path key={className} class={className} d={path} />;
      })}
    </>
  );
}

export function isWeekend(date: string): boolean {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return weekday === 0 || weekday === 6;
}

/** Names are left out where they would touch. */
function DayName({ date, index, x, y, step }: { date: string; index: number; x: number; y: number; step: number }) {
  const dayOfMonth = Number(date.slice(8));
  const isFirst = dayOfMonth === 1;
  const isShown = step > 26 || (step > 15 && index % 2 === 0) || (step > 4 && dayOfMonth % 7 === 1) || (step <= 4 && isFirst);
  if (!isShown) return null;
  return (
    <>
      <text x={x} y={y + 16} text-anchor="middle" class={isWeekend(date) ? undefined : 'strong'}>
        {step <= 4 ? dateText(date, { month: 'short' }) : dayOfMonth}
      </text>
      {step > 26 && (
        <text x={x} y={y + 31} text-anchor="middle">
          {dateText(date, { weekday: 'short' }).slice(0, 2)}
        </text>
      )}
    </>
  );
}
