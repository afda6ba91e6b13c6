/** Adds a person, or changes one. */

import { useState } from 'preact/hooks';
import { ask, type Role, segment } from '../../api';
import { useAct } from '../../parts/act';
import { FormDialog } from '../../parts/form_dialog';
import { useResource } from '../../parts/resource';
import { SecretDialog } from '../../parts/secret_once';
import { me } from '../../session';
import { readAll } from './pages_of';
import type { Person } from './people';

const roles: readonly { role: Role; what: string }[] = [
  { role: 'self', what: 'sees what is recorded of themselves, and may have it erased' },
  { role: 'viewer', what: 'sees the machines given to them' },
  { role: 'manager', what: 'sees and configures the machines given to them' },
  { role: 'admin', what: 'sees and does everything' },
  { role: 'monitor', what: 'a program that reads /metrics' },
];

interface PersonDialogProps {
  /** Whom to change; a new person without. */
  person?: Person;
  onClose: () => void;
  onDone: () => void;
}

export function PersonDialog({ person, onClose, onDone }: PersonDialogProps) {
  const [user, setUser] = useState(person?.user ?? '');
  const [role, setRole] = useState<Role>(person?.role ?? 'self');
  const [machines, setMachines] = useState((person?.machines ?? []).join('\n'));
  const [password, setPassword] = useState('');
  const [made, setMade] = useState(false);
  const act = useAct();
  const known = useResource('/api/machines', (signal) => readAll<{ machine_id: string }>('/api/machines', 'machines', signal));
  const isMe = person !== undefined && person.user === me.value?.user;

  const save = async () => {
    const ids = machines
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
    const body = { role, machines: ids, ...(password ? { password } : {}) };
    const saved = await act.run(async () => {
      if (person) await ask(`/api/users/${segment(person.user)}`, { method: 'PATCH', body });
      else await ask('/api/users', { method: 'POST', body: { user, ...body } });
    });
    if (!saved) return;
    onDone();
    if (password) setMade(true);
    else onClose();
  };

  if (made)
    return (
      <SecretDialog
        title={`Password of ${user}`}
        what="Give it to them; they can change it"
        secret={password}
        onClose={onClose}
      />
    );
  return (
    <FormDialog
      class="pad admin-form"
      title={person ? `Change ${person.user}` : 'Add a person'}
      submit={person ? 'Save' : 'Add'}
      act={act}
      onSubmit={save}
      onClose={onClose}
    >
      {!person && (
        <label>
          <span class="label">Name</span>
          <input class="input" required autocomplete="off" value={user} onInput={(event) => setUser(event.currentTarget.value)} />
        </label>
      )}
      <fieldset>
        <legend class="label">Role</legend>
        {roles.map((each) => (
          <label class="admin-role" key={each.role}>
            <input type="radio" class="check" name="role" checked={role === each.role} onChange={() => setRole(each.role)} />
            <span>
              {each.role} <small>{each.what}</small>
            </span>
          </label>
        ))}
      </fieldset>
      {role !== 'admin' && role !== 'monitor' && (
        <label>
          <span class="label">Machines, one a line</span>
          <textarea class="input" rows={3} value={machines} onInput={(event) => setMachines(event.currentTarget.value)} />
          <MachineHint machines={machines} known={known.data} />
        </label>
      )}
      {!isMe && (
        <label>
          <span class="label">{person ? 'New password, if it is to change' : 'Password'}</span>
          <span class="row">
            <input
              class="input mono"
              required={!person}
              autocomplete="off"
              value={password}
              onInput={(event) => setPassword(event.currentTarget.value)}
            />
            <button type="button" class="btn" onClick={() => setPassword(randomPassword())}>
              Make one
            </button>
          </span>
          {person && <p class="hint">It ends their sessions, tokens, and what these made.</p>}
        </label>
      )}
    </FormDialog>
  );
}

/** A machine that nobody knows yet may be named; a slip of the pen should be seen. */
function MachineHint({ machines, known }: { machines: string; known: { machine_id: string }[] | undefined }) {
  const ids = new Set(known?.map((machine) => machine.machine_id));
  const unknown = machines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line && !ids.has(line));
  if (!known || unknown.length === 0) return null;
  return (
    <p class="hint">
      Not heard of yet: <bdi>{unknown.join(', ')}</bdi>
    </p>
  );
}

/** 20 characters without those that look alike: 116 bits. */
function randomPassword(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  const bytes = crypto.getRandomValues(new Uint8Array(64));
  // What is beyond the last whole multiple would favour the first letters.
  const fair = [...bytes].filter((byte) => byte < 256 - (256 % letters.length));
  return fair
    .slice(0, 20)
    .map((byte) => letters[byte % letters.length])
    .join('');
}
