/** Machines: their labels and credentials, and having one erased. */

import { useState } from 'preact/hooks';
import { ask, segment } from '../../api';
import { ago, count, moment, viewerZone } from '../../format';
import { useAct } from '../../parts/act';
import { Confirm } from '../../parts/confirm';
import { FormDialog } from '../../parts/form_dialog';
import { Menu } from '../../parts/menu';
import { Empty, Loaded, SkeletonRows, useResource } from '../../parts/resource';
import { StateSign } from '../../parts/state_sign';
import { useRowWindow } from '../../parts/virtual_rows';
import { Icon } from '../../icons';
import { urlText } from '../../url_state';
import { readAll } from './pages_of';

interface Machine {
  machine_id: string;
  user_label: string | null;
  first_seen: string;
  last_seen: string;
  state: string;
  timezone: string | null;
  events_today: number;
  rejected_events: number;
  agent: { version: string } | null;
}

interface Asked {
  what: 'label' | 'revoke' | 'erase';
  machine: Machine;
}

const filter = urlText('filter');
const rowHeight = 36;

export function Machines() {
  const machines = useResource('/api/machines', (signal) => readAll<Machine>('/api/machines', 'machines', signal));
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <section class="card" aria-labelledby="machines-heading">
      <header>
        <h2 id="machines-heading">Machines</h2>
        <span class="soft">{machines.data ? count(machines.data.length) : ''}</span>
        <span class="grow" />
        <input
          class="input less admin-filter"
          type="search"
          placeholder="Filter"
          aria-label="Filter machines"
          value={filter.value}
          onInput={(event) => filter.set(event.currentTarget.value, { replace: true })}
        />
      </header>
      <Loaded of={machines} what="Machines" skeleton={<SkeletonRows rows={8} />}>
        {(all) => <Rows machines={all} onAsk={setAsked} />}
      </Loaded>
      {asked && (
        <AskedDialog
          asked={asked}
          onClose={() => setAsked(null)}
          onDone={() => {
            setAsked(null);
            machines.retry();
          }}
        />
      )}
    </section>
  );
}

function Rows({ machines, onAsk }: { machines: Machine[]; onAsk: (asked: Asked) => void }) {
  const words = filter.value.toLowerCase();
  const shown = machines.filter((each) => `${each.machine_id} ${each.user_label ?? ''}`.toLowerCase().includes(words));
  const { body, window } = useRowWindow<HTMLTableSectionElement>(shown.length, rowHeight);
  if (machines.length === 0) return <Empty title="No machine yet">Add one from the fleet's page.</Empty>;
  if (shown.length === 0) return <Empty title="No machine matches the filter" />;
  return (
    <div class="box">
      <table class="tbl admin-tbl" aria-rowcount={shown.length + 1}>
        <thead>
          <tr>
            <th>State</th>
            <th>Machine</th>
            <th>Label</th>
            <th>Agent</th>
            <th>Zone</th>
            <th class="num">Events today</th>
            <th class="num">Refused</th>
            <th class="num">Last heard</th>
            <th>First seen</th>
            <th>
              <span class="sr">What to do</span>
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {window.before > 0 && <tr style={{ height: `${window.before}px` }} aria-hidden="true" />}
          {shown.slice(window.first, window.end).map((machine) => (
            <tr key={machine.machine_id}>
              <td>
                <StateSign state={machine.state} />
              </td>
              <td>
                <a href={`/machines/${segment(machine.machine_id)}`}>
                  <bdi>{machine.machine_id}</bdi>
                </a>
              </td>
              <td>
                <bdi>{machine.user_label ?? ''}</bdi>
              </td>
              <td>{machine.agent?.version ?? ''}</td>
              <td>{machine.timezone ?? ''}</td>
              <td class="num">{count(machine.events_today)}</td>
              <td class="num">{machine.rejected_events ? count(machine.rejected_events) : ''}</td>
              <td class="num">{ago((Date.now() - Date.parse(machine.last_seen)) / 1000)}</td>
              <td class="soft">{moment(machine.first_seen, viewerZone)}</td>
              <td class="num">
                <Menu
                  class="btn quiet less icon"
                  label={`What to do with ${machine.machine_id}`}
                  button={<Icon name="more" />}
                  items={[
                    { label: 'Label…', icon: 'flag', act: () => onAsk({ what: 'label', machine }) },
                    { label: 'Revoke its credentials…', icon: 'key', risk: true, act: () => onAsk({ what: 'revoke', machine }) },
                    { label: 'Erase…', icon: 'trash', risk: true, act: () => onAsk({ what: 'erase', machine }) },
                  ]}
                />
              </td>
            </tr>
          ))}
          {window.after > 0 && <tr style={{ height: `${window.after}px` }} aria-hidden="true" />}
        </tbody>
      </table>
    </div>
  );
}

function AskedDialog({ asked, onClose, onDone }: { asked: Asked; onClose: () => void; onDone: () => void }) {
  const path = `/api/machines/${segment(asked.machine.machine_id)}`;
  if (asked.what === 'label') return <LabelDialog machine={asked.machine} onClose={onClose} onDone={onDone} />;
  const erases = asked.what === 'erase';
  return (
    <Confirm
      title={`${erases ? 'Erase' : 'Revoke the credentials of'} ${asked.machine.machine_id}?`}
      act={erases ? 'Erase' : 'Revoke'}
      onClose={onClose}
      onAct={async () => {
        await ask(erases ? path : `${path}/credentials`, { method: 'DELETE' });
        onDone();
      }}
    >
      {erases
        ? 'Its events, hours, screenshots, label and credential go, and cannot be brought back. That it happened stays in the audit log.'
        : 'From then on nothing of it is stored. Its agent keeps what it collects until the machine is enrolled anew.'}
    </Confirm>
  );
}

function LabelDialog({ machine, onClose, onDone }: { machine: Machine; onClose: () => void; onDone: () => void }) {
  const [label, setLabel] = useState(machine.user_label ?? '');
  const act = useAct();
  const save = async () => {
    const body = { user_label: label === '' ? null : label };
    if (await act.run(() => ask(`/api/machines/${segment(machine.machine_id)}`, { method: 'PATCH', body }))) onDone();
  };
  return (
    <FormDialog title={`Label of ${machine.machine_id}`} submit="Save" act={act} onSubmit={save} onClose={onClose}>
      <label class="label" for="machine-label">
        Label for people
      </label>
      <input
        class="input"
        id="machine-label"
        maxLength={128}
        value={label}
        onInput={(event) => setLabel(event.currentTarget.value)}
      />
      <p class="hint">Such as "Ann's desk". Empty: the machine's id is shown.</p>
    </FormDialog>
  );
}
