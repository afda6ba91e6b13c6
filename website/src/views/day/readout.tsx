import type { Signal } from '@preact/signals';
import { clockText, zoneAt } from '../../charts/time_scale';
import { count } from '../../format';
import { StateSign } from '../../parts/state_sign';
import type { Day } from './minutes';
import { gapWord } from './words';

/** What there is at the crosshair, at a fixed place beside the lanes. */
export function Readout({ day, at, titleAt }: { day: Day; at: Signal<number>; titleAt: (time: number) => string | null }) {
  const time = at.value;
  return (
    <section class="card read" aria-labelledby="readout-heading">
      <header>
        <h2 id="readout-heading">At {clockText(day.zones, time, day.step < 60_000)}</h2>
        <span class="grow" />
        <span class="soft small readout-zone">{zoneAt(day.zones, time).timezone}</span>
      </header>
      <dl class="kv">
        {rows(day, time, titleAt).map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}

function rows(day: Day, time: number, titleAt: (time: number) => string | null) {
  const step = day.stepAt(time);
  const state = day.stateOf(step);
  const columns = day.answer.columns;
  const value = (column: number[]) => (state === null ? '–' : count(column[step]!));
  const title = titleAt(time);
  return [
    ['State', <StateAt day={day} time={time} />],
    ['Application', <bdi>{(state && day.appOf(step)) ?? '–'}</bdi>],
    [
      'Title of window',
      title === null ? <span class="soft">{state ? 'not recorded' : '–'}</span> : <bdi title={title}>{title}</bdi>,
    ],
    ['Keys', value(columns.key_count)],
    ['Clicks', value(columns.mouse_clicks)],
    ['Distance', state === null ? '–' : `${value(columns.mouse_distance_px)} px`],
    ['Scroll', value(columns.scroll_count)],
    ['Scripted inputs', value(columns.scripted_count)],
    ['Load', loadText(columns.cpu_percent[step] ?? null, columns.ram_used_percent[step] ?? null)],
  ] as const;
}

function loadText(cpu: number | null, ram: number | null): string {
  const parts = [];
  if (cpu !== null) parts.push(`CPU ${Math.round(cpu)} %`);
  if (ram !== null) parts.push(`RAM ${Math.round(ram)} %`);
  return parts.join(', ') || '–';
}

function StateAt({ day, time }: { day: Day; time: number }) {
  if (time >= day.known) return <span class="soft">not yet</span>;
  const step = day.stepAt(time);
  const state = day.stateOf(step);
  const score = day.answer.columns.genuine_score[step];
  if (state === 'scripted') return <StateSign state="scripted" suffix={score == null ? '' : `, score ${score.toFixed(2)}`} />;
  if (state === 'active') return <StateSign state="active" suffix={score == null ? '' : ', genuine'} />;
  if (state === 'idle') return <StateSign state="idle" />;
  const gap = day.gapAt(time);
  const shape = gap?.name === 'paused' ? 'paused' : gap?.name === 'asleep' ? 'asleep' : 'offline';
  return <span class={`state ${shape}`}>{gap ? gapWord(gap.name) : 'Not observed'}</span>;
}
