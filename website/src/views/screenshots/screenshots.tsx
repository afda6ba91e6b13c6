/** A machine's screenshots of a day. */

import { useState } from 'preact/hooks';
import { segment } from '../../api';
import { addDays, counted, dayTitle, isoDay, viewerZone } from '../../format';
import { Icon } from '../../icons';
import type { ViewProps } from '../../pages';
import { Crumb, dateInUrl, DayStepper, zoneInUrl, ZoneMenu } from '../../parts/day_context';
import { useKeys } from '../../parts/keys';
import { useMachineRow } from '../../parts/machine_row';
import { Empty, Loaded } from '../../parts/resource';
import { forgetKey, openKeyId } from '../../sealed/opener';
import { me } from '../../session';
import { Page } from '../../shell/page';
import { setQuery } from '../../url_state';
import { DeleteDialog, KeyDialog, LightBox } from './dialogs';
import { Grid } from './grid';
import { Side } from './side';
import { type Screenshot, type SlotDay, useSlots } from './slots';

export default function ScreenshotsView({ parameters }: ViewProps) {
  const machine = parameters['id']!;
  const date = dateInUrl();
  const zone = zoneInUrl();
  const today = isoDay(new Date(), viewerZone);
  const row = useMachineRow(machine, date);
  const slots = useSlots(machine, date, zone);
  const name = row.data?.user_label ?? machine;
  return (
    <Page
      title={`Screenshots, ${name}, ${dayTitle(date)}`}
      context={
        <>
          <Crumb machine={machine} name={name} page="Screenshots" />
          <span class="ctx-space no-phone" />
          <DayStepper date={date} today={today} />
          <ZoneMenu zone={zone} />
          <span class="grow" />
          <a class="btn less no-phone" href={`/machines/${segment(machine)}?date=${date}`}>
            <Icon name="chart" />
            Day
          </a>
        </>
      }
    >
      <Loaded of={slots} what="Screenshots" skeleton={<div class="slots-skeleton skel" />}>
        {(day) => <Shots machine={machine} date={date} today={today} day={day} onChanged={slots.retry} />}
      </Loaded>
    </Page>
  );
}

interface ShotsProps {
  machine: string;
  date: string;
  today: string;
  day: SlotDay;
  onChanged: () => void;
}

function Shots({ machine, date, today, day, onChanged }: ShotsProps) {
  const [chosenId, setChosenId] = useState('');
  const [asked, setAsked] = useState<'box' | 'key' | 'delete' | null>(null);
  const chosen = day.screenshots.find((each) => each.id === chosenId) ?? day.screenshots[0] ?? null;
  const mayDelete = me.value?.role === 'admin' || (me.value?.role === 'self' && me.value.machines.includes(machine));
  const go = (way: -1 | 1) => {
    const next = day.screenshots[day.screenshots.indexOf(chosen!) + way];
    if (next) setChosenId(next.id);
  };
  useKeys({
    ArrowLeft: () => go(-1),
    ArrowRight: () => go(1),
    z: () => chosen && setAsked('box'),
    Delete: () => chosen && mayDelete && setAsked('delete'),
    t: () => setQuery({ date: null }),
  });
  if (!chosen) return <NoShots day={day} date={date} today={today} />;
  const acts = { machine, day, screenshot: chosen, mayDelete, onGo: go, onDelete: () => setAsked('delete') };
  return (
    <>
      <div class="shots-layout">
        <div>
          <SealedNote screenshots={day.screenshots} onOpen={() => setAsked('key')} />
          <Grid
            machine={machine}
            day={day}
            chosen={chosen}
            onChoose={(screenshot) => {
              setChosenId(screenshot.id);
              if (!matchMedia('(min-width: 1001px)').matches) setAsked('box');
            }}
          />
        </div>
        <Side {...acts} onEnlarge={() => setAsked('box')} />
      </div>
      {asked === 'box' && <LightBox {...acts} onClose={() => setAsked(null)} />}
      {asked === 'key' && <KeyDialog sealed={sealedIn(day.screenshots)} onClose={() => setAsked(null)} />}
      {asked === 'delete' && (
        <DeleteDialog
          machine={machine}
          day={day}
          screenshot={chosen}
          onClose={() => setAsked(null)}
          onDeleted={() => {
            go(1);
            onChanged();
          }}
        />
      )}
    </>
  );
}

function sealedIn(screenshots: readonly Screenshot[]): number {
  return screenshots.filter((each) => each.format === 'sealed').length;
}

function SealedNote({ screenshots, onOpen }: { screenshots: readonly Screenshot[]; onOpen: () => void }) {
  const sealed = sealedIn(screenshots);
  if (sealed === 0) return null;
  const key = openKeyId.value;
  return (
    <div class="note">
      <Icon name="lock" />
      <div class="grow">
        <b>
          {sealed} of {screenshots.length} are sealed.
        </b>{' '}
        {key ? (
          <>
            Opened with key <span class="mono">{key}</span>, which this page forgets after 15 min.
          </>
        ) : (
          <>
            Opened here, they are as safe as the server that sent this page; <code>activitytrack-report open</code> trusts no
            server.
          </>
        )}
      </div>
      {key ? (
        <button type="button" class="btn less" onClick={forgetKey}>
          Forget the key
        </button>
      ) : (
        <button type="button" class="btn less" onClick={onOpen}>
          <Icon name="key" />
          Open with key…
        </button>
      )}
    </div>
  );
}

function NoShots({ day, date, today }: { day: SlotDay; date: string; today: string }) {
  const isOff = day.hours.flatMap((hour) => hour.slots).some((slot) => slot.why === 'not_asked');
  return (
    <section class="card">
      <Empty
        title="No screenshots on this day"
        action={
          <button type="button" class="btn" onClick={() => setQuery({ date: addDays(date, -1) })}>
            Go to the day before
          </button>
        }
      >
        {isOff
          ? 'They were not switched on.'
          : date === today
            ? 'None has arrived yet.'
            : `Of ${counted(day.hours.length, 'hour')}, none has a picture.`}
      </Empty>
    </section>
  );
}
