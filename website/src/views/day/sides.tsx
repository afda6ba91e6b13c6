import { clockText } from '../../charts/time_scale';
import { count, dur } from '../../format';
import { AppRow } from '../../parts/apps';
import type { Figure } from '../../parts/figures';
import type { Day, ScriptedStretch, Stretch } from './minutes';
import { remarkClock, remarksOf } from './words';

/** "7:00 to 20:00", on the day's own clock. */
export function spanText(day: Day, { from, to }: Stretch): string {
  const end = to >= day.end ? '24:00' : clockText(day.zones, to);
  return `${clockText(day.zones, from)} to ${end}`;
}

export function figuresOf(day: Day, stretch: Stretch, isSelection: boolean, usualSec: number | null): Figure[] {
  const sums = day.sums(stretch);
  const most = (column: 'key_count' | 'mouse_clicks') =>
    day.step === 60_000 ? `most ${count(day.most(column, stretch))} a minute` : '';
  const detail = (text: string) => (isSelection ? 'in the selection' : text);
  const active = day.activeFromTo();
  return [
    {
      name: (
        <>
          <i class="swatch fill-active" />
          Active
        </>
      ),
      value: dur(sums.active / 60),
      detail: detail(usualSec === null ? '' : `usually ${dur(usualSec / 60)}`),
    },
    {
      name: (
        <>
          <i class="swatch fill-idle" />
          Idle
        </>
      ),
      value: dur(sums.idle / 60),
      detail: detail(''),
    },
    {
      name: (
        <>
          <i class="swatch hatch" />
          Scripted
        </>
      ),
      value: dur(sums.scripted / 60),
      detail: detail(scriptedText(day)),
    },
    {
      name: (
        <>
          <i class="swatch fill-none" />
          Not observed
        </>
      ),
      value: dur(sums.unobserved / 60),
      detail: detail(gapText(day)),
    },
    { name: 'Keys', value: count(sums.keys), detail: most('key_count') },
    { name: 'Clicks', value: count(sums.clicks), detail: most('mouse_clicks') },
    { name: 'Distance', value: pixels(sums.distance), detail: `about ${metres(sums.distance)}` },
    isSelection
      ? { name: 'Selected', value: spanText(day, stretch), detail: dur((stretch.to - stretch.from) / 60_000) }
      : { name: 'First to last', value: active ? spanText(day, active) : 'none', detail: zoneText(day) },
  ];
}

function scriptedText(day: Day): string {
  const n = day.answer.scripted.length;
  return n === 0 ? 'none' : n === 1 ? 'in one stretch' : `in ${n} stretches`;
}

function gapText(day: Day): string {
  const names = [...new Set(day.gaps.map((gap) => gap.name))];
  const last = names.pop();
  return names.length ? `${names.join(', ')} and ${last}` : (last ?? '');
}

function zoneText(day: Day): string {
  const n = day.zones.length - 1;
  return n === 0 ? (day.zones[0]?.timezone ?? '') : n === 1 ? '1 change of zone' : `${n} changes of zone`;
}

export function pixels(px: number): string {
  return px >= 1e6 ? `${(px / 1e6).toFixed(2)} M px` : px >= 1e4 ? `${Math.round(px / 1000)} k px` : `${count(px)} px`;
}

/** By the 96 px of an inch that desktops go by. */
function metres(px: number): string {
  const m = (px / 96) * 0.0254;
  return m >= 1000 ? `${(m / 1000).toFixed(1)} km` : `${Math.round(m)} m`;
}

interface AppsProps {
  day: Day;
  stretch: Stretch;
  isSelection: boolean;
  colourOf: (app: string) => number;
}

export function Applications({ day, stretch, isSelection, colourOf }: AppsProps) {
  const all = day.appsIn(stretch);
  const coloured = all.filter(({ app }) => colourOf(app) > 0);
  const others = all.filter(({ app }) => colourOf(app) === 0);
  const rest = others.reduce((sum, { seconds }) => sum + seconds, 0);
  const most = Math.max(1, rest, ...coloured.map(({ seconds }) => seconds));
  return (
    <section class="card" aria-labelledby="apps-heading">
      <header>
        <h2 id="apps-heading">Applications</h2>
        <span class="soft">{isSelection ? 'of the selection' : spanText(day, stretch)}</span>
      </header>
      {all.length === 0 ? (
        <p class="pad soft">None was used.</p>
      ) : (
        <ul class="apps">
          {coloured.map(({ app, seconds }) => (
            <AppRow key={app} name={app} seconds={seconds} most={most} colour={colourOf(app)} />
          ))}
          {others.length > 0 && (
            <AppRow
              name={others.length === 1 ? others[0]!.app : `${others.length} others`}
              title={others
                .map(({ app, seconds }) => `${app}: ${dur(seconds / 60)}`)
                .slice(0, 20)
                .join('\n')}
              seconds={rest}
              most={most}
              colour={0}
            />
          )}
        </ul>
      )}
    </section>
  );
}

interface VerdictProps {
  day: Day;
  stretch: ScriptedStretch;
  /** Opens the form in which the tracked person answers; null for everybody else. */
  onAnswer: (() => void) | null;
}

/** A verdict never stands without its reason, its limits, and the person's answer. */
export function Verdict({ day, stretch, onAnswer }: VerdictProps) {
  const span = { from: Date.parse(stretch.from), to: Date.parse(stretch.to) };
  return (
    <section class="card">
      <header>
        <h2>Scripted</h2>
        <span class="soft">
          {spanText(day, span)}, {dur(stretch.scripted_sec / 60)}
        </span>
      </header>
      <div class="pad">
        <ul class="why">
          {stretch.reasons.map((reason) => (
            <li key={reason.word}>
              <code>{reason.word}</code>
              {reason.texts.map((text) => (
                <div>{text}</div>
              ))}
            </li>
          ))}
        </ul>
        {stretch.answer && (
          <blockquote class="answer">
            <bdi>{stretch.answer.text}</bdi>
            <footer class="small soft">
              {stretch.answer.by}, {clockText(day.zones, Date.parse(stretch.answer.at))}
            </footer>
          </blockquote>
        )}
        <p class="hint">A verdict is a lead, not proof. Counts leave these {count(stretch.scripted_count)} inputs out.</p>
        {onAnswer && (
          <button type="button" class="btn less" onClick={onAnswer}>
            {stretch.answer ? 'Change your answer…' : 'Answer…'}
          </button>
        )}
      </div>
    </section>
  );
}

export function DayInWords({ day, onGo }: { day: Day; onGo: (time: number) => void }) {
  const remarks = remarksOf(day);
  return (
    <section class="card words" aria-labelledby="words-heading">
      <header>
        <h2 id="words-heading">The day in words</h2>
        <span class="soft no-phone">what begins, ends or is out of the ordinary</span>
      </header>
      {remarks.length === 0 ? (
        <p class="pad soft">Nothing was recorded on this day.</p>
      ) : (
        <div class="box" tabIndex={0} role="region" aria-label="Remarks on the day">
          <table class="tbl low">
            <tbody>
              {remarks.map((remark) => (
                <tr key={`${remark.time} ${remark.what}`}>
                  <td class="num">
                    <button type="button" class="link" onClick={() => onGo(remark.time)}>
                      {remarkClock(day, remark)}
                    </button>
                  </td>
                  <td>{remark.scripted ? <span class="state scripted">{remark.what}</span> : remark.what}</td>
                  <td class="num">{remark.seconds === null ? '' : dur(remark.seconds / 60)}</td>
                  <td class="soft">
                    <bdi>{remark.detail}</bdi>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** The lanes as a table, hour by hour. */
export function HoursTable({ day }: { day: Day }) {
  const hours = [];
  for (let from = day.start; from < Math.min(day.end, day.known); from += 3_600_000) {
    const stretch = { from, to: Math.min(from + 3_600_000, day.end) };
    hours.push({ stretch, sums: day.sums(stretch), app: day.appsIn(stretch)[0]?.app ?? '' });
  }
  return (
    <div class="box" tabIndex={0} role="region" aria-label="Hour by hour">
      <table class="tbl low">
        <thead>
          <tr>
            <th>Hour</th>
            <th class="num">Active</th>
            <th class="num">Idle</th>
            <th class="num">Scripted</th>
            <th class="num">Not observed</th>
            <th>Mostly</th>
            <th class="num">Keys</th>
            <th class="num">Clicks</th>
            <th class="num">Distance</th>
            <th class="num">Scroll</th>
          </tr>
        </thead>
        <tbody>
          {hours.map(({ stretch, sums, app }) => (
            <tr key={stretch.from}>
              <td>{spanText(day, stretch)}</td>
              <td class="num">{dur(sums.active / 60, true)}</td>
              <td class="num">{dur(sums.idle / 60, true)}</td>
              <td class="num">{dur(sums.scripted / 60, true)}</td>
              <td class="num">{dur(sums.unobserved / 60, true)}</td>
              <td>
                <bdi>{app}</bdi>
              </td>
              <td class="num">{count(sums.keys)}</td>
              <td class="num">{count(sums.clicks)}</td>
              <td class="num">{pixels(sums.distance)}</td>
              <td class="num">{count(sums.scroll)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
