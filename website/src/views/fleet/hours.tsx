/** The hours of a day: a bar a machine, all on one scale, and the head above them. */

import { barPath, stripPath } from '../../charts/runs';
import { clock, dur } from '../../format';
import type { FleetRow } from '../../parts/machine_row';
import type { FleetAnswer } from './fleet_data';
import { minute } from './clock';

const hourMs = 3_600_000;
const hourWidth = 16;
const height = 36;
/** Where bars stand, and how high a full hour is. */
const base = 28;
const full = 20;
/** So that a minute of activity is seen. */
const leastHeight = 2;

type Hours = FleetRow['hours'];

const heightOf = (minutes: number): number => (minutes <= 0 ? 0 : Math.max(leastHeight, (Math.min(60, minutes) / 60) * full));

function pathsOf({ active, idle, scripted }: Hours) {
  const at = (hour: number) => ({ x: hour * hourWidth, width: hourWidth });
  const observed = active.flatMap((_, hour) => (active[hour]! + idle[hour]! + scripted[hour]! > 0 ? [at(hour)] : []));
  const bars = active.flatMap((minutes, hour) => (minutes > 0 ? [{ ...at(hour), height: heightOf(minutes) }] : []));
  const over = scripted.flatMap((minutes, hour) => {
    const below = heightOf(active[hour]!);
    return minutes > 0 ? [{ ...at(hour), below, height: heightOf(minutes) }] : [];
  });
  return {
    observed: stripPath(observed, base - 2, 2),
    active: barPath(bars, base),
    scripted: over.map((bar) => barPath([bar], base - bar.below)).join(''),
  };
}

/** Height: the share that was active. A thin line: observed, but idle. Nothing: not observed. */
export function HoursBar({ hours, activeSec, scriptedSec }: { hours: Hours; activeSec: number; scriptedSec: number }) {
  const paths = pathsOf(hours);
  const width = Math.max(1, hours.active.length) * hourWidth;
  const label = `Active ${dur(activeSec / 60)}${scriptedSec > 0 ? `, scripted ${dur(scriptedSec / 60)}` : ''}`;
  return (
    <svg class="day" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <path class="g-idle" d={paths.observed} />
      <path class="g-active" d={paths.active} />
      <path class="g-scripted" d={paths.scripted} />
    </svg>
  );
}

interface Day {
  start: number;
  end: number;
  timezone: string;
}

interface Mark {
  hour: number;
  percent: number;
}

export interface DayScale extends Day {
  marks: readonly Mark[];
}

export function scaleOf(answer: FleetAnswer): DayScale {
  const day = { start: Date.parse(answer.start), end: Date.parse(answer.end), timezone: answer.timezone };
  return { ...day, marks: marksOf(day) };
}

const shareOf = ({ start, end }: Day, time: number): number => ((time - start) / (end - start)) * 100;

/** Each third hour of the clock. In a day of 23 or 25 hours they stand where they are. */
function marksOf(day: Day): Mark[] {
  const marks: Mark[] = [];
  for (let time = day.start; time < day.end; time += hourMs) {
    const hour = Number(clock(new Date(time), day.timezone).slice(0, 2));
    if (hour % 3 === 0 && marks[marks.length - 1]?.hour !== hour) marks.push({ hour, percent: shareOf(day, time) });
  }
  return [...marks, { hour: 24, percent: 100 }];
}

/**
 * The grid of the hours and the line of the time now, for the style of the table: they run down all rows as one
 * background, which no row has to draw. Reads the minute.
 */
export function gridStyle(scale: DayScale): Record<string, string> {
  const [six, twelve, eighteen] = [6, 12, 18].map((hour) => scale.marks.find((mark) => mark.hour === hour)?.percent);
  const now = shareOf(scale, minute.value);
  const percent = (share: number | undefined) => `${(share ?? -10).toFixed(2)}%`;
  return {
    '--h6': percent(six),
    '--h12': percent(twelve),
    '--h18': percent(eighteen),
    '--now': percent(now),
    '--now-width': now >= 0 && now <= 100 ? '1px' : '0px',
  };
}

export function HoursHead({ scale }: { scale: DayScale }) {
  return (
    <div class="hours">
      <span class="sr">Hours of the day, {scale.timezone}</span>
      {scale.marks.map((mark) => (
        <i key={mark.percent} aria-hidden="true" style={{ left: `${mark.percent}%` }}>
          {mark.hour}
        </i>
      ))}
    </div>
  );
}
