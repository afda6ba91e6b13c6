/** A week, a month or a year of a machine in one page. */

import { segment } from '../../api';
import { isoDay, viewerZone } from '../../format';
import { Icon } from '../../icons';
import type { ViewProps } from '../../pages';
import { Crumb, Spans, zoneInUrl, ZoneMenu, zoneQuery } from '../../parts/day_context';
import { FiguresSkeleton } from '../../parts/figures';
import { useKeys } from '../../parts/keys';
import { useMachineRow } from '../../parts/machine_row';
import { Loaded } from '../../parts/resource';
import { navigate } from '../../router';
import { Page } from '../../shell/page';
import { setQuery } from '../../url_state';
import { RangeBody } from './range_body';
import { useRange } from './range_data';
import { neighbour, type Span, spanAround, spanInUrl, spanTitle } from './span';

export default function RangeView({ parameters }: ViewProps) {
  const machine = parameters['id']!;
  const span = spanInUrl();
  const zone = zoneInUrl();
  const today = isoDay(new Date(), viewerZone);
  const row = useMachineRow(machine, today);
  const range = useRange(machine, span.from, span.to, zone);
  const year = useRange(machine, `${span.to.slice(0, 4)}-01-01`, `${span.to.slice(0, 4)}-12-31`, zone);
  const name = row.data?.user_label ?? machine;
  const hrefOf = (date: string) => `/machines/${segment(machine)}?date=${date}${zoneQuery(zone)}`;
  const go = (to: Span) => setQuery({ from: to.from, to: to.to });
  useKeys({
    ArrowLeft: () => go(neighbour(span, -1)),
    ArrowRight: () => span.to < today && go(neighbour(span, 1)),
    d: () => navigate(hrefOf(span.to < today ? span.from : today)),
    w: () => go(spanAround(span.from, 'week')),
    m: () => go(spanAround(span.from, 'month')),
    y: () => go(spanAround(span.from, 'year')),
    t: () => go(spanAround(today, span.kind === 'other' ? 'week' : span.kind)),
  });
  return (
    <Page
      title={`${name}, ${spanTitle(span)}`}
      context={
        <>
          <Crumb machine={machine} name={name} />
          <span class="ctx-space no-phone" />
          <SpanStepper span={span} today={today} go={go} />
          <Spans
            machine={machine}
            date={span.from <= today && today <= span.to ? today : span.from}
            here={span.kind === 'other' ? 'week' : span.kind}
          />
          <ZoneMenu zone={zone} />
          <span class="grow" />
          <a class="btn less no-phone" href={exportHref(machine, span)} download>
            <Icon name="save" />
            Export
          </a>
          <button type="button" class="btn quiet less no-phone" onClick={() => print()}>
            Print
          </button>
        </>
      }
    >
      <Loaded of={range} what="The range" skeleton={<RangeSkeleton />}>
        {(loaded) => <RangeBody range={loaded} year={year} span={span} hrefOf={hrefOf} />}
      </Loaded>
    </Page>
  );
}

/** All events of the days, a little more than that where the machine's clock is not UTC. */
function exportHref(machine: string, span: Span): string {
  return `/api/activity/${segment(machine)}/export?start=${span.from}T00:00:00Z&end=${span.to}T23:59:59Z`;
}

function SpanStepper({ span, today, go }: { span: Span; today: string; go: (to: Span) => void }) {
  const kind = span.kind === 'other' ? 'week' : span.kind;
  const now = spanAround(today, kind);
  return (
    <>
      <span class="seg less">
        <button type="button" aria-label={`${kind} before`} title="←" onClick={() => go(neighbour(span, -1))}>
          <Icon name="left" />
        </button>
        <span class="strong">{spanTitle(span)}</span>
        <button
          type="button"
          aria-label={`${kind} after`}
          title="→"
          disabled={span.to >= today}
          onClick={() => go(neighbour(span, 1))}
        >
          <Icon name="right" />
        </button>
      </span>
      <button
        type="button"
        class="btn less no-phone"
        disabled={now.from === span.from && now.to === span.to}
        onClick={() => go(now)}
      >
        This {kind}
      </button>
    </>
  );
}

function RangeSkeleton() {
  return (
    <>
      <FiguresSkeleton count={7} />
      <div class="range-layout">
        <div class="card range-skeleton" />
        <div class="card range-skeleton" />
      </div>
    </>
  );
}
