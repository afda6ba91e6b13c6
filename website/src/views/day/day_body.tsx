/** The sums, the lanes and what stands beside them, of a day that is loaded. */

import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { dur, hoursText } from '../../format';
import { Icon } from '../../icons';
import { zoneInUrl } from '../../parts/day_context';
import { Figures } from '../../parts/figures';
import { useKeys } from '../../parts/keys';
import { me } from '../../session';
import { AnswerDialog } from './answer_dialog';
import { useColours, useFiner, useShots, useTitles } from './day_data';
import { axisHeight, lanes } from './lanes';
import { Day, type ScriptedStretch, type Stretch } from './minutes';
import { Overview } from './overview';
import { Plot, zoomed } from './plot';
import { Readout } from './readout';
import type { Shot } from './shots';
import { Applications, DayInWords, figuresOf, HoursTable, pixels, spanText, Verdict } from './sides';
import { setSelection, setZoom, stretchInUrl, usualView } from './zoom';

interface DayBodyProps {
  machine: string;
  date: string;
  day: Day;
  usualSec: number | null;
  /** A verdict was answered. */
  onAnswered: () => void;
}

export function DayBody({ machine, date, day, usualSec, onAnswered }: DayBodyProps) {
  const view = stretchInUrl(day, 'zoom') ?? usualView(day);
  const selection = stretchInUrl(day, 'select');
  const at = useSignal(Math.min(day.known - 1, (view.from + view.to) / 2));
  const [hasLooked, setHasLooked] = useState(false);
  const [isTable, setIsTable] = useState(false);
  const [answering, setAnswering] = useState<ScriptedStretch | null>(null);
  const colourOf = useColours(machine, day);
  const shots = useShots(machine, date, zoneInUrl()).data ?? [];
  const titleAt = useTitles(machine, date, zoneInUrl(), hasLooked);
  const shown = selection ?? view;
  const onView = (to: Stretch) => setZoom(day, to);
  const middle = (view.from + view.to) / 2;
  useKeys({
    '+': () => onView(zoomed(day, view, 0.5, at.value)),
    '-': () => onView(zoomed(day, view, 2, middle)),
    '0': () => onView({ from: day.start, to: day.end }),
  });
  useEffect(() => at.subscribe(() => setHasLooked(true)), []);

  const verdicts = day.answer.scripted.filter(
    (stretch) => Date.parse(stretch.from) < shown.to && Date.parse(stretch.to) > shown.from,
  );
  const mayAnswer = me.value?.role === 'self' && me.value.machines.includes(machine);
  return (
    <>
      <Figures
        label={selection ? 'Sums of the selection' : 'Sums of the day'}
        figures={figuresOf(day, selection ?? { from: day.start, to: day.end }, selection !== null, usualSec)}
      />
      <div class="day-layout">
        <div class="day-main">
          <section class="card" aria-labelledby="lanes-heading">
            <LanesBar
              day={day}
              view={view}
              selection={selection}
              isTable={isTable}
              onTable={() => setIsTable(!isTable)}
              onView={onView}
            />
            {isTable ? (
              <HoursTable day={day} />
            ) : (
              <Lanes
                machine={machine}
                day={day}
                view={view}
                selection={selection}
                at={at}
                colourOf={colourOf}
                shots={shots}
                onView={onView}
              />
            )}
          </section>
          <DayInWords day={day} onGo={(time) => (at.value = time)} />
        </div>
        <aside class="day-side">
          <Readout day={day} at={at} titleAt={titleAt} />
          <Applications day={day} stretch={shown} isSelection={selection !== null} colourOf={colourOf} />
          {verdicts.map((stretch) => (
            <Verdict key={stretch.from} day={day} stretch={stretch} onAnswer={mayAnswer ? () => setAnswering(stretch) : null} />
          ))}
        </aside>
      </div>
      {answering && (
        <AnswerDialog machine={machine} stretch={answering} onClose={() => setAnswering(null)} onSaved={onAnswered} />
      )}
    </>
  );
}

interface BarProps {
  day: Day;
  view: Stretch;
  selection: Stretch | null;
  isTable: boolean;
  onTable: () => void;
  onView: (view: Stretch) => void;
}

function LanesBar({ day, view, selection, isTable, onTable, onView }: BarProps) {
  const middle = (view.from + view.to) / 2;
  const isWhole = view.from <= day.start && view.to >= day.end;
  const hint = selection
    ? `${dur((selection.to - selection.from) / 60_000)} · all sums are of it`
    : `${hoursText(view.to - view.from)} of ${hoursText(day.end - day.start)} · drag to select, Ctrl + wheel to zoom`;
  return (
    <div class="lanes-bar">
      <h2 id="lanes-heading">{selection ? `${spanText(day, selection)} selected` : spanText(day, view)}</h2>
      <span class="soft small no-phone cut">{hint}</span>
      <span class="grow" />
      <button type="button" class="btn quiet less no-phone" aria-pressed={isTable} onClick={onTable}>
        <Icon name={isTable ? 'chart' : 'table'} />
        {isTable ? 'Show as chart' : 'Show as table'}
      </button>
      <span class="seg less">
        <button type="button" aria-label="Zoom out" title="−" onClick={() => onView(zoomed(day, view, 2, middle))}>
          <Icon name="minus" />
        </button>
        <button type="button" aria-label="Zoom in" title="+" onClick={() => onView(zoomed(day, view, 0.5, middle))}>
          <Icon name="plus" />
        </button>
      </span>
      {selection ? (
        <>
          <button type="button" class="btn less" onClick={() => setSelection(day, null)}>
            <Icon name="x" />
            Clear
          </button>
          <button type="button" class="btn less" onClick={() => onView(selection)}>
            Zoom in
          </button>
        </>
      ) : (
        <button type="button" class="btn less" disabled={isWhole} onClick={() => onView({ from: day.start, to: day.end })}>
          <Icon name="undo" />
          Whole day
        </button>
      )}
    </div>
  );
}

interface LanesProps {
  machine: string;
  day: Day;
  view: Stretch;
  selection: Stretch | null;
  at: Signal<number>;
  colourOf: (app: string) => number;
  shots: readonly Shot[];
  onView: (view: Stretch) => void;
}

function Lanes(props: LanesProps) {
  const { machine, day, view, selection } = props;
  const finer = useFiner(machine, day, view, zoneInUrl());
  const shown = selection ?? view;
  return (
    <div class="lanes">
      <div class="over">
        <div class="lane-names">
          <div class="lane-name over-name">
            <b>Whole day</b>
            <span>{hoursText(day.end - day.start)}</span>
          </div>
        </div>
        <Overview day={day} view={view} onView={props.onView} />
      </div>
      <LaneNames day={day} stretch={shown} shots={props.shots} />
      <Plot {...props} day={finer} summary={summaryOf(day, view)} onSelect={(to) => setSelection(day, to)} />
    </div>
  );
}

function LaneNames({ day, stretch, shots }: { day: Day; stretch: Stretch; shots: readonly Shot[] }) {
  const sums = day.sums(stretch);
  const taken = shots.filter((shot) => shot.time >= stretch.from && shot.time < stretch.to).length;
  const details: Record<string, string> = {
    Screenshots: `${taken} taken`,
    Keys: sums.keys.toLocaleString('en'),
    Clicks: sums.clicks.toLocaleString('en'),
    Distance: pixels(sums.distance),
    Scroll: `${sums.scroll.toLocaleString('en')} notches`,
  };
  return (
    <div class="lane-names">
      <div class="lane-name" style={{ height: `${axisHeight}px` }} />
      {lanes.map((lane) => (
        <div key={lane.name} class={lane.height < 40 ? 'lane-name slim' : 'lane-name'} style={{ height: `${lane.height}px` }}>
          <b>{lane.name}</b>
          {details[lane.name] && <span>{details[lane.name]}</span>}
        </div>
      ))}
    </div>
  );
}

/** The lanes in words, for who cannot see them. */
function summaryOf(day: Day, view: Stretch): string {
  const sums = day.sums(view);
  const parts = [`Lanes from ${spanText(day, view)}: active ${dur(sums.active / 60)}`];
  const app = day.appsIn(view)[0]?.app;
  if (app) parts.push(`mostly ${app}`);
  for (const gap of day.gaps.filter((each) => each.from < view.to && each.to > view.from).slice(0, 5))
    parts.push(`${gap.name} ${spanText(day, gap)}`);
  for (const stretch of day.answer.scripted)
    parts.push(`scripted ${spanText(day, { from: Date.parse(stretch.from), to: Date.parse(stretch.to) })}`);
  return parts.join('; ');
}
