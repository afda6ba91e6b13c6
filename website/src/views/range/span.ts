/** The range of days that is shown: a week, a month, a year, or any other. Days are texts as "2026-11-12". */

import { addDays, dateText, isoDay, viewerZone } from '../../format';
import { rangeQuery } from '../../parts/day_context';
import { url } from '../../router';

export type SpanKind = 'week' | 'month' | 'year' | 'other';

export interface Span {
  kind: SpanKind;
  from: string;
  to: string;
}

const day = /^\d{4}-\d{2}-\d{2}$/;

/** What stands in the URL; this week where that makes no sense. */
export function spanInUrl(): Span {
  const query = url.value.searchParams;
  const from = query.get('from') ?? '';
  const to = query.get('to') ?? from;
  if (day.test(from) && day.test(to) && from <= to) return { kind: kindOf(from, to), from, to };
  return spanAround(isoDay(new Date(), viewerZone), 'week');
}

export function spanAround(date: string, kind: 'week' | 'month' | 'year'): Span {
  const query = new URLSearchParams(rangeQuery(date, kind));
  return { kind, from: query.get('from')!, to: query.get('to')! };
}

function kindOf(from: string, to: string): SpanKind {
  for (const kind of ['week', 'month', 'year'] as const) {
    const whole = spanAround(from, kind);
    if (whole.from === from && whole.to === to) return kind;
  }
  return 'other';
}

export function daysIn({ from, to }: Span): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;
}

/** The span before or after, of the same kind. */
export function neighbour(span: Span, way: -1 | 1): Span {
  const beside = way < 0 ? addDays(span.from, -1) : addDays(span.to, 1);
  if (span.kind !== 'other') return spanAround(beside, span.kind);
  const length = daysIn(span);
  return { kind: 'other', from: addDays(span.from, way * length), to: addDays(span.to, way * length) };
}

/** "October 2026", "12 to 18 Oct 2026", "2026". */
export function spanTitle({ kind, from, to }: Span): string {
  if (kind === 'year') return from.slice(0, 4);
  if (kind === 'month') return dateText(from, { month: 'long', year: 'numeric' });
  const isOneMonth = from.slice(0, 7) === to.slice(0, 7);
  const isOneYear = from.slice(0, 4) === to.slice(0, 4);
  const start = dateText(
    from,
    isOneMonth ? { day: 'numeric' } : { day: 'numeric', month: 'short', ...(isOneYear ? {} : { year: 'numeric' }) },
  );
  return `${start} to ${dateText(to, { day: 'numeric', month: 'short', year: 'numeric' })}`;
}

/** How the period before is named. */
export function beforeName(kind: SpanKind): string {
  return {
    week: 'the week before',
    month: 'the same weekday four weeks before',
    year: 'the year before',
    other: 'the period before',
  }[kind];
}
