/** The verdicts about the person in the last month, each with its reasons and their answer. */

import { useState } from 'preact/hooks';
import { ask, segment } from '../../api';
import { addDays, clock, dateText, dur, isoDay, viewerZone } from '../../format';
import { Loaded, SkeletonRows, useResource } from '../../parts/resource';
import { me } from '../../session';
import { AnswerDialog } from '../day/answer_dialog';
import type { ScriptedStretch } from '../day/minutes';

interface DatedVerdict extends ScriptedStretch {
  date: string;
}

const days = 30;

export function Verdicts({ machine }: { machine: string }) {
  const today = isoDay(new Date(), viewerZone);
  const path = `/api/activity/${segment(machine)}/verdicts?from=${addDays(today, -days)}&to=${today}`;
  const verdicts = useResource(path, (signal) => ask<{ verdicts: DatedVerdict[] }>(path, { signal }));
  const [answering, setAnswering] = useState<DatedVerdict | null>(null);
  const mayAnswer = me.value?.role === 'self';
  return (
    <section class="card" aria-labelledby="verdicts-heading">
      <header>
        <h2 id="verdicts-heading">Verdicts about you</h2>
        <span class="soft">{verdicts.data ? `${verdicts.data.verdicts.length} in ${days} days` : ''}</span>
      </header>
      <Loaded of={verdicts} what="Verdicts" skeleton={<SkeletonRows rows={2} />}>
        {({ verdicts: all }) =>
          all.length === 0 ? (
            <p class="pad soft">All your input of the last {days} days was found genuine.</p>
          ) : (
            <ul>
              {all.map((verdict) => (
                <li key={verdict.timestamp} class="me-verdict">
                  <VerdictWords machine={machine} verdict={verdict} />
                  {mayAnswer && (
                    <button type="button" class="btn less" onClick={() => setAnswering(verdict)}>
                      {verdict.answer ? 'Change your answer…' : 'Answer…'}
                    </button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {answering && (
        <AnswerDialog machine={machine} stretch={answering} onClose={() => setAnswering(null)} onSaved={verdicts.retry} />
      )}
    </section>
  );
}

function VerdictWords({ machine, verdict }: { machine: string; verdict: DatedVerdict }) {
  const score = verdict.score === null ? '' : `, score ${verdict.score.toFixed(2)}`;
  return (
    <>
      <div class="row me-verdict-head">
        <span class="state scripted">Scripted</span>
        <b>
          {dateText(verdict.date, { weekday: 'short', day: 'numeric', month: 'short' })}, {clock(verdict.from, viewerZone)} to{' '}
          {clock(verdict.to, viewerZone)}
        </b>
        <span class="soft">
          {dur(verdict.scripted_sec / 60)}
          {score}
        </span>
        <span class="grow" />
        <a href={`/machines/${segment(machine)}?date=${verdict.date}`}>Show in the day</a>
      </div>
      <p class="small-text">{verdict.reasons.flatMap((reason) => reason.texts).join('; ')}</p>
      {verdict.answer && (
        <blockquote class="answer">
          <bdi>{verdict.answer.text}</bdi>
        </blockquote>
      )}
    </>
  );
}
