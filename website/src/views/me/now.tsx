/** Whether something is recorded now, and today so far. */

import { useWidth } from '../../charts/measure';
import { ticks } from '../../charts/time_scale';
import { ago, dur } from '../../format';
import type { FleetRow } from '../../parts/machine_row';
import { Loaded, type Resource } from '../../parts/resource';
import { signOf } from '../../parts/state_sign';
import type { Day } from '../day/minutes';
import { DayBars } from '../day/overview';

const words: Record<string, string> = {
  active: 'Recording, you are active',
  idle: 'Recording, you are idle',
  scripted: 'Recording; your input looks scripted',
  watching: 'Recording, you are watching',
  paused: 'Paused by you: nothing is recorded',
  asleep: 'Asleep: nothing is recorded',
  stopped: 'The agent does not run: nothing is recorded',
  capture_failing: 'The agent cannot see the display: nothing is counted',
  blind: 'The agent cannot see the display: nothing is counted',
  offline: 'Not heard of: what is recorded meanwhile comes later',
};

export function Now({ row, day }: { row: Resource<FleetRow>; day: Resource<Day> }) {
  const state = row.data?.state ?? '';
  return (
    <section class="card me-now" aria-label="Now">
      <div>
        <div class="row">
          <span class={`state ${signOf(state).shape}`}>{words[state] ?? (state ? signOf(state).word : 'Asking')}</span>
          <span class="grow" />
          {row.data && (
            <span class="soft small">
              Today, {row.data.timezone} · heard of {ago((Date.now() - Date.parse(row.data.last_seen)) / 1000)} ago
            </span>
          )}
        </div>
        <Loaded of={day} what="Today" skeleton={<span class="skel me-bar" />}>
          {(today) => <Today day={today} />}
        </Loaded>
      </div>
      <div class="me-pause">
        <b>To pause</b>
        <code class="block">activitytrack-agent pause 15</code>
        <p class="hint">
          On this machine, for as many minutes as you say. A pause shows as "paused", without a reason.{' '}
          <code>activitytrack-agent resume</code> ends it, <code>activitytrack-agent status</code> shows what is recorded.
        </p>
      </div>
    </section>
  );
}

function Today({ day }: { day: Day }) {
  const { element, width } = useWidth<HTMLDivElement>();
  const sums = day.sums({ from: day.start, to: day.end });
  const scale = { start: day.start, end: day.end, width: Math.max(1, width) };
  return (
    <>
      <div class="me-bar" ref={element}>
        {width > 0 && (
          <svg height="54" viewBox={`0 0 ${width} 54`} role="img" aria-label={`Active ${dur(sums.active / 60)} so far today`}>
            <DayBars day={day} width={width} />
            <path class="g-line" d={`M0 38.5H${width}`} />
            {ticks(scale, day.zones, 60).map((mark) => (
              <text key={mark.time} x={Math.max(3, mark.x)} y="52" text-anchor={mark.x < 6 ? 'start' : 'middle'}>
                {mark.label}
              </text>
            ))}
          </svg>
        )}
      </div>
      <div class="legend">
        <span>
          <i class="swatch fill-active" />
          Active {dur(sums.active / 60)}
        </span>
        <span>
          <i class="swatch fill-idle" />
          Idle {dur(sums.idle / 60)}
        </span>
        <span>
          <i class="swatch hatch" />
          Scripted {dur(sums.scripted / 60)}
        </span>
      </div>
    </>
  );
}
