import { useRef } from 'preact/hooks';
import { barPath } from '../../charts/runs';
import { useWidth } from '../../charts/measure';
import { ticks, timeAt, xOf } from '../../charts/time_scale';
import type { Day, Stretch } from './minutes';

const height = 52;
const base = 36;
const tall = 24;
/** Of the day in one bar, in px. */
const barWidth = 3;

interface OverviewProps {
  day: Day;
  view: Stretch;
  onView: (view: Stretch) => void;
}

/** The whole day, with a window on what the lanes show; its edges can be dragged, and so can the window. */
export function Overview({ day, view, onView }: OverviewProps) {
  const { element, width } = useWidth<HTMLDivElement>();
  const drag = useRef<{ part: 'from' | 'to' | 'both'; start: number; view: Stretch } | null>(null);
  const scale = { start: day.start, end: day.end, width: Math.max(1, width) };
  const [a, b] = [xOf(scale, view.from), xOf(scale, view.to)];
  const least = Math.max(day.step * 10, 60_000);

  const timeOf = (event: PointerEvent) => timeAt(scale, event.clientX - element.current!.getBoundingClientRect().left);
  const begin = (event: PointerEvent) => {
    const x = event.clientX - element.current!.getBoundingClientRect().left;
    const part = Math.abs(x - a) < 8 ? 'from' : Math.abs(x - b) < 8 ? 'to' : 'both';
    drag.current = { part, start: timeOf(event), view };
    element.current!.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    if (!drag.current) return;
    const { part, start, view: was } = drag.current;
    const by = timeOf(event) - start;
    if (part === 'from') onView({ from: Math.max(day.start, Math.min(was.from + by, was.to - least)), to: was.to });
    else if (part === 'to') onView({ from: was.from, to: Math.min(day.end, Math.max(was.to + by, was.from + least)) });
    else onView(within(day, { from: was.from + by, to: was.to + by }));
  };
  return (
    <div
      class="plot over-plot"
      ref={element}
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={() => (drag.current = null)}
      onPointerCancel={() => (drag.current = null)}
    >
      <svg
        height={height}
        viewBox={`0 0 ${scale.width} ${height}`}
        role="img"
        aria-label="The whole day, and the part of it that is shown below"
      >
        <rect class="over-window" x={a} y="4" width={Math.max(0, b - a)} height="33" />
        <DayBars day={day} width={scale.width} />
        <rect class="over-shade" x="0" y="4" width={Math.max(0, a)} height="34" />
        <rect class="over-shade" x={b} y="4" width={Math.max(0, scale.width - b)} height="34" />
        <rect class="over-frame" x={a} y="4" width={Math.max(0, b - a)} height="33" />
        {[a, b].map((x) => (
          <g key={x}>
            <rect class="grip" x={x - 4.5} y="11.5" width="9" height="20" rx="3" />
            <path class="grip-lines" d={`M${x - 1.5} 18v7M${x + 1.5} 18v7`} />
          </g>
        ))}
        {ticks(scale, day.zones, 72)
          .filter((mark) => mark.x < scale.width - 6)
          .map((mark) => (
            <text key={mark.time} x={Math.max(3, mark.x)} y="49" text-anchor={mark.x < 6 ? 'start' : 'middle'}>
              {mark.label}
            </text>
          ))}
      </svg>
    </div>
  );
}

/** A stretch moved into the day, as long as it was. */
export function within(day: Day, { from, to }: Stretch): Stretch {
  const length = Math.min(to - from, day.end - day.start);
  const start = Math.max(day.start, Math.min(from, day.end - length));
  return { from: start, to: start + length };
}

/** The height is the share of the time in which the person was active. */
export function DayBars({ day, width }: { day: Day; width: number }) {
  const { observed_sec, active_sec, scripted_sec } = day.answer.columns;
  const bars = { active: [] as Bar[], scripted: [] as Bar[], observed: [] as Bar[] };
  const each = Math.max(1, Math.ceil((barWidth / width) * day.steps));
  const stepWidth = width / day.steps;
  for (let step = 0; step < day.steps; step += each) {
    let [observed, active, scripted] = [0, 0, 0];
    for (let i = step; i < Math.min(step + each, day.steps); ++i) {
      observed += observed_sec[i]!;
      active += active_sec[i]!;
      scripted += scripted_sec[i]!;
    }
    if (observed === 0) continue;
    const bar = (share: number) => ({ x: step * stepWidth, width: each * stepWidth, height: share * tall });
    if (scripted > active) bars.scripted.push(bar(scripted / observed));
    else if (active > 0) bars.active.push(bar(active / observed));
    bars.observed.push({ ...bar(0), height: 2 });
  }
  return (
    <>
      <path class="g-idle" d={barPath(bars.observed, base + 2)} />
      <path class="g-active" d={barPath(bars.active, base)} />
      <path class="g-scripted" d={barPath(bars.scripted, base)} />
    </>
  );
}

interface Bar {
  x: number;
  width: number;
  height: number;
}
