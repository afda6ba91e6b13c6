/** The command that adds the first machine, and the wait until it is heard. */

import { useEffect, useState } from 'preact/hooks';
import { ask, segment } from '../../api';
import { ago, count } from '../../format';
import { Icon } from '../../icons';
import { useLive } from '../../live';
import { ActError, useAct } from '../../parts/act';
import { Copy } from '../../parts/copy';
import { StateSign } from '../../parts/state_sign';

interface FirstMachine {
  machine_id: string;
  state: string;
  last_seen: string;
  events_today: number;
}

const hours = 24;

export function Command() {
  const [token, setToken] = useState('');
  const [mayLoosen, setMayLoosen] = useState(false);
  const act = useAct();
  const make = () =>
    act.run(async () => {
      const body = { uses: 1, expires_hours: hours, label: 'the first machine' };
      setToken((await ask<{ token: string }>('/api/enroll-tokens', { method: 'POST', body })).token);
    });
  useEffect(() => void make(), []);
  return (
    <div class="setup-body">
      <ActError of={act} />
      {token && (
        <>
          <p>On the machine, in a terminal of the session of the person whose activity is to be counted:</p>
          <Copy text={`activitytrack-agent enroll ${location.origin} ${token}`} />
          {mayLoosen && <Copy text={loosening} />}
          <Copy text="activitytrack-agent" />
          <p class="soft small">The token is good for one machine and {hours} h.</p>
          <label class="setup-option">
            <input
              type="checkbox"
              class="check"
              checked={mayLoosen}
              onChange={(event) => setMayLoosen(event.currentTarget.checked)}
            />
            <span>
              Let this server loosen privacy on it
              <small>
                Without it, nobody can switch screenshots on or blur off from here, and the person at the machine is told so.
              </small>
            </span>
          </label>
        </>
      )}
    </div>
  );
}

/** A line of the machine's own file: nothing that the server sends can do this. */
const loosening = "printf 'remote:\\n  may_loosen: true\\n' >> ~/.config/activity-tracker/config.yaml";

const pollMs = 2_000;
/** After so long most machines are there. */
const slowMs = 60_000;

/** The first machine that is heard of; null while none is. */
export function useFirstMachine(isWaiting: boolean): FirstMachine | null {
  const [machine, setMachine] = useState<FirstMachine | null>(null);
  useEffect(() => {
    if (!isWaiting) return;
    const look = async () => {
      const answer = await ask<{ machines: FirstMachine[] }>('/api/machines?limit=1').catch(() => null);
      if (answer?.machines[0]) setMachine(answer.machines[0]);
    };
    void look();
    const timer = setInterval(() => void look(), pollMs);
    return () => clearInterval(timer);
  }, [isWaiting]);
  return machine;
}

export function Waiting({ machine }: { machine: FirstMachine | null }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const begun = Date.now();
    const timer = setInterval(() => setSeconds((Date.now() - begun) / 1000), 1_000);
    return () => clearInterval(timer);
  }, []);
  useLive(machine ? machine.machine_id : null, {});
  if (machine) return <Alive machine={machine} />;
  return (
    <div class="setup-body" role="status">
      {seconds * 1000 >= slowMs && (
        <div class="note">
          <Icon name="info" />
          <div>
            <b>Nothing yet after {ago(seconds)}.</b> On the machine, <code>activitytrack-agent doctor</code> says why; most often
            it is the name <code>{location.hostname}</code>, which must lead here, or port{' '}
            {location.port || (location.protocol === 'https:' ? '443' : '80')}.
          </div>
        </div>
      )}
      <div class="setup-coming" aria-busy="true">
        {['State', 'Events', 'Heard'].map((name) => (
          <div key={name}>
            <span class="soft">{name}</span>
            <span class="skel" />
          </div>
        ))}
      </div>
    </div>
  );
}

function Alive({ machine }: { machine: FirstMachine }) {
  return (
    <div class="setup-body" role="status">
      <div class="setup-coming">
        <div>
          <span class="soft">State</span>
          <StateSign state={machine.state} />
        </div>
        <div>
          <span class="soft">Events</span>
          <b>{count(machine.events_today)}</b>
        </div>
        <div>
          <span class="soft">Heard</span>
          <span>{ago((Date.now() - Date.parse(machine.last_seen)) / 1000)} ago</span>
        </div>
      </div>
      <div class="row">
        <a class="btn first" href={`/machines/${segment(machine.machine_id)}`}>
          Open the day
        </a>
        <a class="btn" href="/">
          Add more machines
        </a>
        <span class="grow" />
        <a class="small no-phone" href={`/machines/${segment(machine.machine_id)}/configuration`}>
          What it records
        </a>
      </div>
    </div>
  );
}
