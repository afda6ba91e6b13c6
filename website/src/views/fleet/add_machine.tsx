/** Adding a machine: a command with a token that is good once, and the wait until the machine is heard. */

import { useEffect, useMemo, useState } from 'preact/hooks';
import { ask, segment } from '../../api';
import { counted } from '../../format';
import { Icon } from '../../icons';
import { ActError, useAct } from '../../parts/act';
import { Copy } from '../../parts/copy';
import { Dialog } from '../../parts/dialog';
import type { Fleet } from './fleet_data';
import { nameOf } from './order';

interface AddMachineProps {
  fleet: Fleet;
  onClose: () => void;
  /** Asks for all machines anew, in case a live event was missed. */
  onLook: () => void;
}

/** POST /api/enroll-tokens */
interface EnrolToken {
  id: string;
  token: string;
  expires_at: string;
}

interface EnrolTokens {
  enroll_tokens: { id: string; uses_left: number }[];
}

const pollMs = 3_000;
const hours = 24;

export function AddMachine({ fleet, onClose, onLook }: AddMachineProps) {
  const [machines, setMachines] = useState(1);
  const [token, setToken] = useState<EnrolToken | null>(null);
  const making = useAct();
  const make = (event: Event) => {
    event.preventDefault();
    const body = { uses: machines, expires_hours: hours };
    void making.run(async () => setToken(await ask<EnrolToken>('/api/enroll-tokens', { method: 'POST', body })));
  };
  return (
    <Dialog
      title="Add a machine"
      onClose={onClose}
      footer={
        <>
          <span class="grow" />
          <button type="button" class="btn" onClick={onClose}>
            Close
          </button>
          {!token && (
            <button class="btn first" form="add-machine" disabled={making.isRunning}>
              Show the command
            </button>
          )}
        </>
      }
    >
      <form id="add-machine" class="pad add" onSubmit={make}>
        <ActError of={making} />
        {token ? (
          <Command token={token} machines={machines} fleet={fleet} onLook={onLook} />
        ) : (
          <>
            <p>
              The command, run on a machine in the session of the person whose activity is to be counted, enrols it here. It
              carries a token that is shown this once and ends after {hours} hours.
            </p>
            <label class="label" for="add-uses">
              For how many machines?
            </label>
            <input
              class="input"
              id="add-uses"
              type="number"
              min={1}
              max={1_000}
              required
              value={machines}
              onInput={(event) => setMachines(event.currentTarget.valueAsNumber || 1)}
            />
          </>
        )}
      </form>
    </Dialog>
  );
}

interface CommandProps {
  token: EnrolToken;
  machines: number;
  fleet: Fleet;
  onLook: () => void;
}

function Command({ token, machines, fleet, onLook }: CommandProps) {
  const before = useMemo(() => new Set(fleet.members.keys()), []);
  const used = useUses(token.id, machines);
  const isSlow = useIsLate(60_000);
  const loads = fleet.loads.value;
  const heard = useMemo(() => [...fleet.members.values()].filter((member) => !before.has(member.id)), [loads]);
  const isAwaited = used > heard.length;
  useEffect(() => {
    if (!isAwaited) return;
    onLook();
    const timer = setInterval(onLook, pollMs);
    return () => clearInterval(timer);
  }, [isAwaited]);
  return (
    <>
      <p>Run this in a terminal of the machine's desktop, where the agent is installed:</p>
      <Copy text={`activitytrack-agent enroll ${location.origin} ${token.token}`} />
      <p>Then start it, and let it say whether it has what it needs:</p>
      <Copy text="activitytrack-agent run &" />
      <Copy text="activitytrack-agent doctor" />
      <div class="note" role="status">
        <Icon name={heard.length > 0 ? 'check' : 'wait'} />
        <div>
          {heard.length > 0 ? (
            <>
              <b>{counted(heard.length, 'machine')} heard:</b>{' '}
              {heard.map((member, i) => (
                <span key={member.id}>
                  {i > 0 && ', '}
                  <a href={`/machines/${segment(member.id)}`}>
                    <bdi>{nameOf(member.row.value)}</bdi>
                  </a>
                </span>
              ))}
            </>
          ) : used > 0 ? (
            <>{counted(used, 'machine')} enrolled. Waiting for the first event, which comes within a minute of its start…</>
          ) : (
            <>Waiting for the machine…</>
          )}
          {isSlow && heard.length === 0 && (
            <p class="soft">
              Nothing yet? <code>activitytrack-agent doctor</code> says what is missing: most often the agent was not started,
              this address cannot be reached from there, or the session has no X display.
            </p>
          )}
        </div>
      </div>
    </>
  );
}

/** How many machines have used the token. */
function useUses(id: string, of: number): number {
  const [used, setUsed] = useState(0);
  useEffect(() => {
    const look = async () => {
      const answer = await ask<EnrolTokens>('/api/enroll-tokens?limit=100').catch(() => null);
      const found = answer?.enroll_tokens.find((each) => each.id === id);
      if (answer) setUsed(found ? of - found.uses_left : of);
    };
    const timer = setInterval(() => void look(), pollMs);
    return () => clearInterval(timer);
  }, [id]);
  return used;
}

function useIsLate(ms: number): boolean {
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLate(true), ms);
    return () => clearTimeout(timer);
  }, []);
  return isLate;
}
