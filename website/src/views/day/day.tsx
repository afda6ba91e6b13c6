/** A machine's day: sums, lanes on one scale of time, and the day in words. */

import { segment } from '../../api';
import { addDays, dayTitle, isoDay, viewerZone } from '../../format';
import { Icon } from '../../icons';
import { useLive } from '../../live';
import type { ViewProps } from '../../pages';
import { Crumb, dateInUrl, DayStepper, Spans, zoneInUrl, ZoneMenu } from '../../parts/day_context';
import { FiguresSkeleton } from '../../parts/figures';
import { useKeys } from '../../parts/keys';
import { LiveDot } from '../../parts/live_dot';
import { useMachineRow } from '../../parts/machine_row';
import { Loaded } from '../../parts/resource';
import { StateSign } from '../../parts/state_sign';
import { Page } from '../../shell/page';
import { setQuery } from '../../url_state';
import { DayBody } from './day_body';
import { useDay } from './day_data';
import { lanesHeight } from './lanes';

export default function DayView({ parameters }: ViewProps) {
  const machine = parameters['id']!;
  const date = dateInUrl();
  const zone = zoneInUrl();
  const today = isoDay(new Date(), viewerZone);
  const row = useMachineRow(machine, date);
  const day = useDay(machine, date, zone);
  const refresh = () => {
    if (date === today) day.retry();
  };
  useLive(machine, {
    machine: (news) => {
      row.patch((now) => ({ ...now, ...news }));
      refresh();
    },
    reset: refresh,
  });
  const go = (to: string) => setQuery({ date: to === today ? null : to, zoom: null, select: null });
  useKeys({
    ArrowLeft: () => go(addDays(date, -1)),
    ArrowRight: () => date < today && go(addDays(date, 1)),
    t: () => go(today),
  });
  const name = row.data?.user_label ?? machine;
  return (
    <Page
      title={`${name}, ${dayTitle(date)}`}
      context={
        <>
          <Crumb machine={machine} name={name} />
          {row.data && (
            <span class="small no-phone wide-only">
              <StateSign state={row.data.state} suffix=" now" />
            </span>
          )}
          <span class="ctx-space no-phone" />
          <DayStepper date={date} today={today} />
          <Spans machine={machine} date={date} here="day" />
          <ZoneMenu zone={zone} />
          <span class="grow" />
          <LiveDot />
          <span class="ctx-space no-phone" />
          <PageLink href={`/machines/${segment(machine)}/screenshots?date=${date}`} icon="camera" name="Screenshots" />
          <PageLink href={`/machines/${segment(machine)}/configuration`} icon="sliders" name="Configure" />
        </>
      }
    >
      <Loaded of={day} what="The day" skeleton={<DaySkeleton />}>
        {(loaded) => (
          <DayBody
            machine={machine}
            date={date}
            day={loaded}
            usualSec={row.data?.usual_active_sec ?? null}
            onAnswered={day.retry}
          />
        )}
      </Loaded>
    </Page>
  );
}

function PageLink({ href, icon, name }: { href: string; icon: 'camera' | 'sliders'; name: string }) {
  return (
    <a class="btn less no-phone" href={href} aria-label={name}>
      <Icon name={icon} />
      <span class="tl">{name}</span>
    </a>
  );
}

/** Of the size of what comes. */
function DaySkeleton() {
  return (
    <>
      <FiguresSkeleton count={8} />
      <div class="day-layout">
        <div class="card" style={{ height: `${lanesHeight + 96}px` }}>
          <div class="pad">
            <span class="skel" />
          </div>
        </div>
      </div>
    </>
  );
}
