/** What is recorded about the person who is signed in, who looked at it, and what they can do about it. */

import { useState } from 'preact/hooks';
import { isoDay, viewerZone } from '../../format';
import { useLive } from '../../live';
import { LiveDot } from '../../parts/live_dot';
import { useMachineRow } from '../../parts/machine_row';
import { Menu } from '../../parts/menu';
import { Empty } from '../../parts/resource';
import { me } from '../../session';
import { Icon } from '../../icons';
import { segment } from '../../api';
import { Page } from '../../shell/page';
import { useDay } from '../day/day_data';
import { Access } from './access';
import { Changes } from './changes';
import { Now } from './now';
import { Recorded } from './recorded';
import { useMachineConfiguration } from './recorded_settings';
import { Verdicts } from './verdicts';
import { YourData } from './your_data';

export default function MeView() {
  // Those of a manager or a viewer are other people's.
  const machines = me.value?.role === 'self' ? me.value.machines : [];
  const [chosen, setChosen] = useState(machines[0] ?? '');
  if (chosen === '') return <NoMachine />;
  return <Mine machine={chosen} machines={machines} onChoose={setChosen} />;
}

function NoMachine() {
  return (
    <Page title="My data" context={<h1>My data</h1>} read>
      <div class="me-page">
        <section class="card">
          <Empty title="No machine is yours here">
            This page shows a tracked person what is recorded about them. Your account has no machine of its own
            {me.value?.role === 'admin' ? '; in Administration, a person of the role "self" is given theirs.' : '.'}
          </Empty>
        </section>
        <Access />
      </div>
    </Page>
  );
}

function Mine({ machine, machines, onChoose }: { machine: string; machines: string[]; onChoose: (machine: string) => void }) {
  const today = isoDay(new Date(), viewerZone);
  const row = useMachineRow(machine, today);
  const day = useDay(machine, today, null);
  const configuration = useMachineConfiguration(machine);
  useLive(machine, {
    machine: (news) => {
      row.patch((now) => ({ ...now, ...news }));
      day.retry();
    },
    configuration: configuration.retry,
    reset: day.retry,
  });
  const name = row.data?.user_label ?? machine;
  return (
    <Page
      title="My data"
      read
      context={
        <>
          <h1 class="cut">
            {machines.length > 1 ? (
              <Menu
                class="btn quiet less here"
                label="Which machine"
                button={
                  <>
                    <bdi>{name}</bdi>
                    <Icon name="down" class="end" />
                  </>
                }
                items={machines.map((each) => ({
                  label: <bdi>{each}</bdi>,
                  checked: each === machine,
                  act: () => onChoose(each),
                }))}
              />
            ) : (
              <bdi>{name}</bdi>
            )}
          </h1>
          <span class="soft no-phone small cut">what is recorded about you on this machine, and what becomes of it</span>
          <span class="grow" />
          <LiveDot />
          <span class="ctx-space no-phone" />
          <a class="btn less" href={`/machines/${segment(machine)}`}>
            <Icon name="eye" />
            What others see
          </a>
        </>
      }
    >
      <div class="me-page">
        <Now row={row} day={day} />
        <Recorded configuration={configuration} />
        <Access />
        <Verdicts machine={machine} />
        <YourData machine={machine} />
        <Changes machine={machine} />
      </div>
    </Page>
  );
}
