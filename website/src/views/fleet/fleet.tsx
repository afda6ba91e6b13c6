/** /: what needs attention, then a row a machine. */

import { useComputed } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { count, isoDay, offsetMin as offsetMinOf } from '../../format';
import { Icon } from '../../icons';
import { DayStepper } from '../../parts/day_context';
import { useKeys } from '../../parts/keys';
import { lazy } from '../../parts/lazy';
import { LiveDot } from '../../parts/live_dot';
import { Empty, Loaded, SkeletonRows } from '../../parts/resource';
import { me } from '../../session';
import { Page } from '../../shell/page';
import { setQuery } from '../../url_state';
import { AttentionList } from './attention';
import { BulkBar } from './bulk';
import { minute, setServerTime, useTicking } from './clock';
import { type FleetAnswer, type LoadedFleet, useFleet } from './fleet_data';
import { scaleOf } from './hours';
import { compareVersions } from './order';
import { clearFilter, dateInUrl, type Query, queryInUrl, zoneInUrl } from './query';
import type { RowContext } from './row';
import { FleetTable } from './table';
import { FleetGroupMenu, Tools } from './tools';
import { useOrder } from './use_order';
import { FleetZoneMenu } from './zone_menu';

const AddMachine = lazy(() => import('./add_machine').then((file) => file.AddMachine));

export default function FleetView() {
  useTicking();
  const [isAdding, setIsAdding] = useState(false);
  const zone = zoneInUrl();
  const date = dateInUrl(zone);
  const today = isoDay(new Date(minute.value), zone);
  const loaded = useFleet(date, zone, date === today);
  const { fleet, answer } = loaded;
  const query = queryInUrl();
  useKeys({ t: () => setQuery({ date: null }) });
  useEffect(() => answer.data && setServerTime(answer.data.now), [answer.data]);
  const isAdmin = me.value?.role === 'admin';
  const add = (
    <button type="button" class="btn less first" onClick={() => setIsAdding(true)}>
      <Icon name="plus" />
      Add machine
    </button>
  );
  return (
    <Page
      title="Fleet"
      context={
        <>
          <h1 class="scope">
            <span class="sr">Fleet</span>
            <FleetGroupMenu
              fleet={fleet}
              group={query.group}
              class="btn quiet less"
              text={query.group || 'All machines'}
              count={fleet.loads.value > 0 ? sizeOf(loaded, query.group) : undefined}
            />
          </h1>
          <span class="row no-phone">
            <DayStepper date={date} today={today} />
          </span>
          <FleetZoneMenu fleet={fleet} zone={zone} />
          <span class="grow" />
          <LiveDot />
          <span class="ctx-space no-phone" />
          {isAdmin && add}
        </>
      }
    >
      <Loaded of={answer} what="The fleet" skeleton={<FleetSkeleton />}>
        {(data) => (fleet.members.size > 0 ? <FleetBody loaded={loaded} data={data} query={query} /> : <NoMachines add={add} />)}
      </Loaded>
      {isAdding && <AddMachine fleet={fleet} onClose={() => setIsAdding(false)} onLook={loaded.renew} />}
    </Page>
  );
}

function sizeOf({ fleet }: LoadedFleet, group: string): number {
  if (group === '') return fleet.members.size;
  return [...fleet.members.values()].filter((member) => member.row.peek().groups.includes(group)).length;
}

function FleetBody({ loaded, data, query }: { loaded: LoadedFleet; data: FleetAnswer; query: Query }) {
  const { fleet, refresh } = loaded;
  const body = useRef<HTMLTableSectionElement>(null);
  const isHeld = () => !!body.current && (body.current.matches(':hover') || body.current.contains(document.activeElement));
  const arranged = useOrder(fleet, query, data.attention, isHeld);
  const newestVersion = useComputed(() => newestOf(loaded));
  const scale = useMemo(() => scaleOf(data), [data]);
  const context = useRowContext(data, newestVersion);
  return (
    <>
      <AttentionList attention={data.attention} fleet={fleet} zone={data.timezone} />
      <Tools fleet={fleet} query={query} arranged={arranged} />
      <div class="card">
        <FleetTable order={arranged.order} query={query} scale={scale} context={context} body={body} onSight={refresh} />
        {arranged.order.length === 0 && (
          <Empty
            title="No machine is like that"
            action={
              <button type="button" class="btn" onClick={clearFilter}>
                Show all {count(fleet.members.size)}
              </button>
            }
          />
        )}
      </div>
      <BulkBar fleet={fleet} order={arranged.order} />
    </>
  );
}

/** The same object as long as nothing in it is another, so that rows are not drawn for nothing. */
function useRowContext(data: FleetAnswer, newestVersion: RowContext['newestVersion']): RowContext {
  const isToday = data.date === isoDay(new Date(minute.value), data.timezone);
  const dayQuery = isToday ? '' : `?date=${data.date}`;
  const offsetMin = offsetMinOf(minute.value, data.timezone);
  const maySelect = me.value?.role !== 'self';
  return useMemo(
    () => ({ zone: data.timezone, offsetMin, dayQuery, newestVersion, maySelect }),
    [data.timezone, offsetMin, dayQuery, newestVersion, maySelect],
  );
}

function newestOf({ fleet }: LoadedFleet): string {
  void fleet.loads.value; // asked again when there are other machines
  let newest = '';
  for (const member of fleet.members.values()) {
    const version = member.row.peek().agent_version;
    if (version !== null && version !== newest && compareVersions(version, newest) > 0) newest = version;
  }
  return newest;
}

/** An empty fleet: why, and what to do. */
function NoMachines({ add }: { add: preact.ComponentChildren }) {
  if (me.value?.role === 'admin')
    return (
      <div class="card">
        <Empty title="No machine has been heard yet" action={add}>
          An agent on a machine counts what its person does, and sends it here. Adding one takes a command on that machine.
        </Empty>
      </div>
    );
  return (
    <div class="card">
      <Empty title="No machine is shared with you">An administrator gives machines to people, in Administration.</Empty>
    </div>
  );
}

function FleetSkeleton() {
  return (
    <>
      <div class="tools">
        <span class="skel fleet-skel" />
      </div>
      <div class="card">
        <SkeletonRows rows={20} />
      </div>
    </>
  );
}
