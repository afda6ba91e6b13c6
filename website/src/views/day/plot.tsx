import type { Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useWidth } from '../../charts/measure';
import { timeAt } from '../../charts/time_scale';
import { Crosshair, lanes, LanesPicture, lanesHeight } from './lanes';
import type { Day, Stretch } from './minutes';
import { within } from './overview';
import { type Shot, Thumbs } from './shots';

export interface PlotProps {
  machine: string;
  day: Day;
  view: Stretch;
  selection: Stretch | null;
  /** The time of the crosshair. */
  at: Signal<number>;
  colourOf: (app: string) => number;
  shots: readonly Shot[];
  /** The picture in words. */
  summary: string;
  onView: (view: Stretch) => void;
  onSelect: (selection: Stretch | null) => void;
}

/** A drag that is shorter than this is a click, in px. */
const leastDrag = 4;

/** The lanes, and what the pointer and the keys do with them. */
export function Plot(props: PlotProps) {
  const { day, view, selection, at } = props;
  const { element, width } = useWidth<HTMLDivElement>();
  const scale = { start: view.from, end: view.to, width: Math.max(1, width) };
  const drag = useRef<{ x: number; view: Stretch; pans: boolean } | null>(null);
  const latest = useRef(props);
  latest.current = props;

  const xIn = (event: MouseEvent) => event.clientX - element.current!.getBoundingClientRect().left;
  const snapped = (x: number) => day.start + Math.round((timeAt(scale, x) - day.start) / day.step) * day.step;

  const move = (event: PointerEvent) => {
    const x = xIn(event);
    const begun = drag.current;
    if (begun?.pans) {
      const by = ((begun.x - x) / width) * (view.to - view.from);
      props.onView(within(day, { from: begun.view.from + by, to: begun.view.to + by }));
      return;
    }
    at.value = timeAt(scale, Math.max(0, Math.min(width - 1, x)));
    if (begun && Math.abs(x - begun.x) > leastDrag) {
      const ends = [snapped(begun.x), snapped(x)].sort((a, b) => a - b);
      props.onSelect(ends[0] === ends[1] ? null : { from: ends[0]!, to: ends[1]! });
    }
  };

  // The wheel alone scrolls the page: only with Ctrl, as a pinch is reported, it zooms. Passive listeners cannot
  // keep the browser from zooming the page, and Preact's may be passive.
  useEffect(() => {
    const plot = element.current!;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const { day: of, view: now, onView } = latest.current;
      const box = plot.getBoundingClientRect();
      const at = timeAt({ start: now.from, end: now.to, width: box.width }, event.clientX - box.left);
      onView(zoomed(of, now, Math.exp(event.deltaY / 300), at));
    };
    plot.addEventListener('wheel', wheel, { passive: false });
    return () => plot.removeEventListener('wheel', wheel);
  }, []);

  return (
    <div
      class="plot"
      ref={element}
      tabIndex={0}
      role="img"
      aria-label={props.summary}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        drag.current = { x: xIn(event), view, pans: event.shiftKey };
        if (event.pointerType === 'mouse') element.current!.setPointerCapture(event.pointerId);
      }}
      onPointerMove={move}
      onPointerUp={(event) => {
        if (drag.current && !drag.current.pans && Math.abs(xIn(event) - drag.current.x) <= leastDrag) props.onSelect(null);
        drag.current = null;
      }}
      onPointerCancel={() => (drag.current = null)}
      onKeyDown={(event) => onKey(event, props)}
    >
      {width > 0 && (
        <>
          <LanesPicture day={day} view={view} width={width} colourOf={props.colourOf} shots={props.shots} />
          <Thumbs machine={props.machine} shots={props.shots} scale={scale} top={thumbsTop + 9} />
          <Crosshair day={day} view={view} width={width} at={at} selection={selection} />
        </>
      )}
    </div>
  );
}

const thumbsTop =
  lanesHeight - lanes.slice(lanes.findIndex((lane) => lane.name === 'Screenshots')).reduce((sum, lane) => sum + lane.height, 0);

/** The view made `factor` times as long around a time, as far as the day goes and its steps can be seen. */
export function zoomed(day: Day, view: Stretch, factor: number, around: number): Stretch {
  const least = Math.max(day.step * 10, 60_000);
  const length = Math.max(least, Math.min(day.end - day.start, (view.to - view.from) * factor));
  const share = (around - view.from) / (view.to - view.from);
  return within(day, { from: around - share * length, to: around + (1 - share) * length });
}

function onKey(event: KeyboardEvent, { day, view, at, onSelect, onView, selection }: PlotProps) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (way && event.shiftKey) {
    const by = way * (view.to - view.from) * 0.1;
    onView(within(day, { from: view.from + by, to: view.to + by }));
  } else if (way) {
    at.value = Math.max(view.from, Math.min(view.to - 1, at.value + way * day.step));
  } else if (event.key === 'Escape' && selection) {
    onSelect(null);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
