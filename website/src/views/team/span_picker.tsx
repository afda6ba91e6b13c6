/** Which days: a week, a month, or from one day to another. */

import { useState } from 'preact/hooks';
import { Icon } from '../../icons';
import { Segments } from '../../parts/segments';
import { setQuery } from '../../url_state';
import { daysIn, neighbour, type Span, spanAround, spanTitle } from '../range/span';

/** More days than this are no table that anybody reads. */
export const longestSpan = 92;

export const goTo = (span: Span): void => setQuery({ from: span.from, to: span.to });

export function SpanPicker({ span, today }: { span: Span; today: string }) {
  const [isCustom, setIsCustom] = useState(span.kind === 'other' || span.kind === 'year');
  const choose = (kind: 'week' | 'month' | 'other') => {
    setIsCustom(kind === 'other');
    const around = span.from <= today && today <= span.to ? today : span.from;
    if (kind !== 'other') goTo(spanAround(around, kind));
  };
  return (
    <>
      <span class="seg less">
        <button type="button" aria-label="Before" title="←" onClick={() => goTo(neighbour(span, -1))}>
          <Icon name="left" />
        </button>
        <span class="span-title">{spanTitle(span)}</span>
        <button type="button" aria-label="After" title="→" disabled={span.to >= today} onClick={() => goTo(neighbour(span, 1))}>
          <Icon name="right" />
        </button>
      </span>
      <Segments
        label="Days"
        class="less"
        value={isCustom ? 'other' : span.kind}
        onChange={(kind) => choose(kind as 'week' | 'month' | 'other')}
        options={[
          { value: 'week', label: 'Week' },
          { value: 'month', label: 'Month' },
          { value: 'other', label: 'From to' },
        ]}
      />
      {isCustom && <FromTo span={span} today={today} />}
    </>
  );
}

function FromTo({ span, today }: { span: Span; today: string }) {
  const change = (from: string, to: string) => {
    if (from === '' || to === '' || from > to || daysIn({ kind: 'other', from, to }) > longestSpan) return;
    goTo({ kind: 'other', from, to });
  };
  return (
    <span class="row from-to">
      <input
        type="date"
        class="input less"
        aria-label={`From, at most ${longestSpan} days before the last`}
        value={span.from}
        max={span.to}
        onChange={(event) => change(event.currentTarget.value, span.to)}
      />
      <input
        type="date"
        class="input less"
        aria-label="To"
        value={span.to}
        min={span.from}
        max={today}
        onChange={(event) => change(span.from, event.currentTarget.value)}
      />
    </span>
  );
}
