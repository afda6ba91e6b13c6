/** The webhook: another program is told what needs attention. */

import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../api';
import { Icon } from '../../icons';
import { ActError, useAct } from '../../parts/act';
import { Loaded, SkeletonRows, useResource } from '../../parts/resource';
import { SecretOnce } from '../../parts/secret_once';

interface Hook {
  url: string | null;
  causes: string[];
  /** Only of a webhook that was just made. */
  secret?: string;
}

const causes: readonly { cause: string; words: string }[] = [
  { cause: 'offline', words: 'a machine is offline' },
  { cause: 'capture_failing', words: 'an agent cannot see its display' },
  { cause: 'configuration_refused', words: 'a configuration was refused or reverted' },
  { cause: 'rollout_held', words: 'a rollout is held' },
  { cause: 'clock_off', words: "a machine's clock is off" },
  { cause: 'rejected_events', words: 'events are refused' },
];

export function Webhook() {
  const hook = useResource('/api/webhook', (signal) => ask<Hook>('/api/webhook', { signal }));
  return (
    <section class="card" aria-labelledby="webhook-heading">
      <header>
        <h2 id="webhook-heading">Webhook</h2>
        <span class="soft">a signed POST when something needs attention, and when it is over</span>
      </header>
      <Loaded of={hook} what="The webhook" skeleton={<SkeletonRows rows={3} />}>
        {(now) => <Form hook={now} onChanged={hook.retry} />}
      </Loaded>
    </section>
  );
}

function Form({ hook, onChanged }: { hook: Hook; onChanged: () => void }) {
  const [url, setUrl] = useState(hook.url ?? '');
  const [wanted, setWanted] = useState(new Set(hook.url ? hook.causes : causes.map(({ cause }) => cause)));
  const [secret, setSecret] = useState('');
  const [tested, setTested] = useState('');
  const saving = useAct();
  const testing = useAct();
  useEffect(() => setUrl(hook.url ?? ''), [hook.url]);

  const save = async (event: Event) => {
    event.preventDefault();
    const saved = await saving.run(async () => {
      const made = await ask<Hook>('/api/webhook', { method: 'PUT', body: { url, causes: [...wanted] } });
      setSecret(made.secret ?? '');
    });
    if (saved) onChanged();
  };
  const remove = async () => {
    if (await saving.run(async () => void (await ask('/api/webhook', { method: 'DELETE' })))) onChanged();
  };
  const test = () =>
    testing.run(async () => {
      const answer = await ask<{ status: number }>('/api/webhook/test', { method: 'POST' });
      setTested(`It answered ${answer.status}.`);
    });
  const toggle = (cause: string, isOn: boolean) => {
    const next = new Set(wanted);
    if (isOn) next.add(cause);
    else next.delete(cause);
    setWanted(next);
  };
  return (
    <form class="pad admin-form" onSubmit={save}>
      <ActError of={saving} />
      <label>
        <span class="label">URL</span>
        <input
          class="input"
          type="url"
          required
          placeholder="https://"
          value={url}
          onInput={(event) => setUrl(event.currentTarget.value)}
        />
      </label>
      <fieldset>
        <legend class="label">When</legend>
        {causes.map(({ cause, words }) => (
          <label class="row admin-cause" key={cause}>
            <input
              type="checkbox"
              class="check"
              checked={wanted.has(cause)}
              onChange={(event) => toggle(cause, event.currentTarget.checked)}
            />
            {words}
          </label>
        ))}
      </fieldset>
      {secret && <SecretOnce what="The secret by which its signature is checked" secret={secret} />}
      <div class="row">
        <button class="btn first" disabled={saving.isRunning}>
          Save
        </button>
        {hook.url && (
          <>
            <button type="button" class="btn" disabled={testing.isRunning} onClick={test}>
              <Icon name="bell" />
              Send a test
            </button>
            <button type="button" class="btn risk" disabled={saving.isRunning} onClick={remove}>
              Remove
            </button>
          </>
        )}
        <span class="soft small" aria-live="polite">
          {tested}
        </span>
      </div>
      <ActError of={testing} />
    </form>
  );
}
