import type { Signal } from '@preact/signals';
import { barPath, runsOf, stripPath } from '../../charts/runs';
import { clockText, ticks, type TimeScale, xOf } from '../../charts/time_scale';
import type { CountColumn, Day, Stretch } from './minutes';
import type { Shot } from './shots';
import { gapWord } from './words';

// The lanes of a day: one scale of time for all of them.

export interface Lane {
  name: string;
  height: number;
  /** A lane of counts shows this column. */
  column?: CountColumn;
}

export const axisHeight = 44;

export const lanes: readonly Lane[] = [
  { name: 'State', height: 32 },
  { name: 'Applications', height: 32 },
  { name: 'Scripted', height: 32 },
  { name: 'Screenshots', height: 56 },
  { name: 'Keys', height: 44, column: 'key_count' },
  { name: 'Clicks', height: 44, column: 'mouse_clicks' },
  { name: 'Distance', height: 44, column: 'mouse_distance_px' },
  { name: 'Scroll', height: 44, column: 'scroll_count' },
];

export const lanesHeight = axisHeight + lanes.reduce((sum, lane) => sum + lane.height, 0);

function topOf(name: string): number {
  let top = axisHeight;
  for (const lane of lanes) {
    if (lane.name === name) return top;
    top += lane.height;
  }
  return top;
}

interface LanesProps {
  day: Day;
  view: Stretch;
  width: number;
  /** The colour of an application: 1 to 5, or 0 for all others. */
  colourOf: (app: string) => number;
  shots: readonly Shot[];
}

/** What does not follow the pointer. */
export function LanesPicture({ day, view, width, colourOf, shots }: LanesProps) {
  const scale = { start: view.from, end: view.to, width };
  const isNarrow = width < 600;
  return (
    <svg height={lanesHeight} viewBox={`0 0 ${width} ${lanesHeight}`} aria-hidden="true">
      <UnobservedParts day={day} scale={scale} />
      <Axis day={day} scale={scale} isNarrow={isNarrow} />
      <StateLane day={day} scale={scale} />
      <AppLane day={day} scale={scale} colourOf={colourOf} />
      <ScriptedLane day={day} scale={scale} isNarrow={isNarrow} />
      <ShotTicks shots={shots} scale={scale} />
      {lanes.map((lane) => lane.column && <CountLane day={day} scale={scale} lane={lane} isNarrow={isNarrow} />)}
    </svg>
  );
}

interface PartProps {
  day: Day;
  scale: TimeScale;
}

/** The steps in sight, with one more at each side. */
function stepsInSight(day: Day, scale: TimeScale): [number, number] {
  return [Math.max(0, day.stepAt(scale.start) - 1), Math.min(day.steps, day.stepAt(scale.end - 1) + 2)];
}

/** Strips of the steps in sight for which `valueAt` returns the same. */
function stripsBy<T>({ day, scale }: PartProps, valueAt: (step: number) => T | null): Map<T, { x: number; width: number }[]> {
  const [first, last] = stepsInSight(day, scale);
  const by = new Map<T, { x: number; width: number }[]>();
  for (const run of runsOf(last - first, (step) => valueAt(first + step))) {
    const x = xOf(scale, day.timeOf(first + run.from));
    const strip = { x, width: xOf(scale, day.timeOf(first + run.to)) - x };
    by.set(run.value, [...(by.get(run.value) ?? []), strip]);
  }
  return by;
}

function UnobservedParts({ day, scale }: PartProps) {
  return (
    <>
      {day.gaps.map((gap) => {
        const x = xOf(scale, gap.from);
        const width = xOf(scale, gap.to) - x;
        if (x > scale.width || x + width < 0) return null;
        return (
          <g key={gap.from}>
            <rect class="unobserved" x={x} y={axisHeight} width={Math.max(0, width)} height={lanesHeight} />
            <path class="unobserved-edge" d={`M${x} ${axisHeight}V${lanesHeight}M${x + width} ${axisHeight}V${lanesHeight}`} />
          </g>
        );
      })}
    </>
  );
}

function Axis({ day, scale, isNarrow }: PartProps & { isNarrow: boolean }) {
  const marks = ticks(scale, day.zones, isNarrow ? 48 : 56);
  const changes = day.zones.slice(1).filter((zone) => zone.from > scale.start && zone.from < scale.end);
  const isFree = (x: number) => x > 8 && x < scale.width - 8 && changes.every((zone) => Math.abs(xOf(scale, zone.from) - x) > 14);
  let lines = '';
  let top = axisHeight;
  for (const lane of lanes) {
    lines += `M0 ${top + 0.5}H${scale.width}`;
    top += lane.height;
  }
  return (
    <>
      <path class="g-hair" d={marks.map((mark) => `M${mark.x} ${axisHeight}V${lanesHeight}`).join('') + lines} />
      <path class="g-line" d={`M0 ${axisHeight + 0.5}H${scale.width}`} />
      <path class="g-hair" d={`M0 22.5H${scale.width}`} />
      {marks
        .filter((mark) => isFree(mark.x))
        .map((mark) => (
          <text key={mark.time} x={mark.x} y="38" text-anchor="middle">
            {mark.label}
          </text>
        ))}
      <ZoneNames day={day} scale={scale} isNarrow={isNarrow} />
    </>
  );
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  const rest = size % 60 ? `:${String(size % 60).padStart(2, '0')}` : '';
  return `UTC${minutes < 0 ? '−' : '+'}${Math.floor(size / 60)}${rest}`;
}

function ZoneNames({ day, scale, isNarrow }: PartProps & { isNarrow: boolean }) {
  return (
    <>
      {day.zones.map((zone, index) => {
        const end = day.zones[index + 1]?.from ?? Infinity;
        if (end <= scale.start || zone.from >= scale.end) return null;
        const x = index === 0 ? 0 : Math.max(0, xOf(scale, zone.from));
        const name = isNarrow ? zone.timezone : `${zone.timezone} · ${offsetText(zone.offsetMin)}`;
        return (
          <g key={zone.from}>
            {index > 0 && zone.from > scale.start && <path class="g-ink zone-change" d={`M${x} 0V${lanesHeight}`} />}
            <text x={x + 8} y="15" class={index > 0 ? 'zone-new' : undefined}>
              {name}
              {index > 0 && !isNarrow && <tspan class="zone-how">, {clockChange(day, index)}</tspan>}
            </text>
          </g>
        );
      })}
    </>
  );
}

function clockChange(day: Day, index: number): string {
  const minutes = day.zones[index]!.offsetMin - day.zones[index - 1]!.offsetMin;
  const size = Math.abs(minutes);
  const length = size % 60 ? `${size} min` : `${size / 60} h`;
  return `the clock moved ${minutes < 0 ? 'back' : 'on'} by ${length}`;
}

const stateClass = { active: 'g-active', idle: 'g-idle', scripted: 'g-scripted' } as const;

function StateLane({ day, scale }: PartProps) {
  const top = topOf('State');
  const strips = stripsBy({ day, scale }, (step) => day.stateOf(step));
  return (
    <>
      {[...strips].map(([state, list]) => (
        <path key={state} class={stateClass[state]} d={stripPath(list, top + 6, 20)} />
      ))}
      {day.gaps.map((gap) => {
        const from = Math.max(0, xOf(scale, gap.from));
        const to = Math.min(scale.width, xOf(scale, gap.to));
        const word = gapWord(gap.name);
        if (to - from < word.length * 7 + 6) return null;
        return (
          <text key={gap.from} x={(from + to) / 2} y={top + 20} text-anchor="middle">
            {word}
          </text>
        );
      })}
    </>
  );
}

function AppLane({ day, scale, colourOf }: PartProps & { colourOf: (app: string) => number }) {
  const strips = stripsBy({ day, scale }, (step) => {
    const app = day.stateOf(step) === 'idle' ? null : day.appOf(step);
    return app === null ? null : colourOf(app);
  });
  return (
    <>
      {[...strips].map(([colour, list]) => (
        <path key={colour} class={`g-a${colour}`} d={stripPath(list, topOf('Applications') + 6, 20)} />
      ))}
    </>
  );
}

function ScriptedLane({ day, scale, isNarrow }: PartProps & { isNarrow: boolean }) {
  const top = topOf('Scripted');
  return (
    <>
      {day.answer.scripted.map((stretch) => {
        const x = xOf(scale, Date.parse(stretch.from));
        const end = xOf(scale, Date.parse(stretch.to));
        if (end < 0 || x > scale.width) return null;
        const isAtEnd = end > scale.width * 0.6;
        const why = stretch.reasons.flatMap((reason) => reason.texts)[0] ?? '';
        return (
          <g key={stretch.from}>
            <rect class="g-scripted" x={x} y={top + 6} width={Math.max(3, end - x)} height="20" />
            {!isNarrow && (
              <text class="scripted-why" x={isAtEnd ? x - 8 : end + 8} y={top + 20} text-anchor={isAtEnd ? 'end' : 'start'}>
                {why}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}

function ShotTicks({ shots, scale }: { shots: readonly Shot[]; scale: TimeScale }) {
  const top = topOf('Screenshots');
  let path = '';
  for (const shot of shots) {
    const x = xOf(scale, shot.time);
    if (x >= 0 && x <= scale.width) path += `M${x.toFixed(1)} ${top + 44}v6`;
  }
  return <path class="shot-ticks" d={path} />;
}

/** A bar is at least so wide, and shows the greatest value of its steps. */
const leastBar = 3;

function CountLane({ day, scale, lane, isNarrow }: PartProps & { lane: Lane; isNarrow: boolean }) {
  const column = day.answer.columns[lane.column!];
  const top = topOf(lane.name);
  const base = top + lane.height - 0.5;
  const most = day.most(lane.column!, { from: day.start, to: day.end });
  const stepWidth = (day.step / (scale.end - scale.start)) * scale.width;
  const each = Math.max(1, Math.ceil(leastBar / stepWidth));
  const [first, last] = stepsInSight(day, scale);
  const bars = [];
  for (let step = first - (first % each); step < last; step += each) {
    let value = 0;
    for (let i = step; i < Math.min(step + each, day.steps); ++i) value = Math.max(value, column[i]!);
    if (value > 0)
      bars.push({
        x: xOf(scale, day.timeOf(step)),
        width: stepWidth * each,
        height: Math.max(1, (value / most) * (lane.height - 10)),
      });
  }
  return (
    <>
      <path class="g-count" d={barPath(bars, base)} />
      {!isNarrow && most > 0 && (
        <text x={scale.width - 8} y={top + 15} text-anchor="end">
          most {most >= 10_000 ? `${Math.round(most / 1000)} k` : most.toLocaleString('en')}
          {lane.column === 'mouse_distance_px' ? ' px' : ''}
        </text>
      )}
    </>
  );
}

/** What follows the pointer: the hair, the clock on it, and what is selected. */
export function Crosshair({
  day,
  view,
  width,
  at,
  selection,
}: Omit<LanesProps, 'colourOf' | 'shots'> & {
  at: Signal<number>;
  selection: Stretch | null;
}) {
  const scale = { start: view.from, end: view.to, width };
  const x = xOf(scale, at.value);
  const isInSight = x >= 0 && x <= width;
  const clamped = (time: number) => Math.max(-1, Math.min(width + 1, xOf(scale, time)));
  return (
    <>
      {selection && (
        <span
          class="band"
          style={{ left: `${clamped(selection.from)}px`, width: `${clamped(selection.to) - clamped(selection.from)}px` }}
        />
      )}
      {isInSight && (
        <>
          <span class="hair" style={{ left: `${x}px` }} />
          <span class="flag" style={{ left: `${Math.max(22, Math.min(width - 22, x))}px` }}>
            {clockText(day.zones, at.value, day.step < 60_000)}
          </span>
        </>
      )}
    </>
  );
}
