/** Tokens: of people and programs, and those by which machines enrol. */

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { ask } from '../../api';
import { count, moment, viewerZone } from '../../format';
import { Icon } from '../../icons';
import { ActError, useAct } from '../../parts/act';
import { Confirm } from '../../parts/confirm';
import { Dialog } from '../../parts/dialog';
import { Empty, Loaded, SkeletonRows, useResource } from '../../parts/resource';
import { SecretOnce } from '../../parts/secret_once';
import { readAll } from './pages_of';

interface Token {
  id: string;
  user: string;
  label: string;
  may_write: boolean;
  created_at: string;
  expires_at: string;
  used_at: string | null;
}

interface EnrollToken {
  id: string;
  label: string;
  expires_at: string;
  uses: number;
  uses_left: number;
  made_by: string;
}

const when = (time: string | null): string => (time === null ? 'never' : moment(time, viewerZone));

export function Tokens() {
  return (
    <div class="admin-stack">
      <EnrollTokens />
      <PeoplesTokens />
    </div>
  );
}

function EnrollTokens() {
  const tokens = useResource('/api/enroll-tokens', (signal) =>
    readAll<EnrollToken>('/api/enroll-tokens', 'enroll_tokens', signal),
  );
  const [isAdding, setIsAdding] = useState(false);
  const [revoked, setRevoked] = useState<EnrollToken | null>(null);
  return (
    <section class="card" aria-labelledby="enroll-heading">
      <Head
        id="enroll-heading"
        title="Enrolment tokens"
        detail="by which machines get their credentials"
        onAdd={() => setIsAdding(true)}
      />
      <Loaded of={tokens} what="Enrolment tokens" skeleton={<SkeletonRows rows={3} />}>
        {(all) =>
          all.length === 0 ? (
            <Empty title="None">A token lets a machine enrol, once or several times, until it expires.</Empty>
          ) : (
            <div class="box">
              <table class="tbl admin-tbl">
                <thead>
                  <tr>
                    <th>Label</th>
                    <th>Id</th>
                    <th class="num">Uses left</th>
                    <th>Expires</th>
                    <th>Made by</th>
                    <th>
                      <span class="sr">What to do</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {all.map((token) => (
                    <tr key={token.id}>
                      <td>
                        <bdi>{token.label}</bdi>
                      </td>
                      <td class="mono soft">{token.id}</td>
                      <td class="num">
                        {count(token.uses_left)} of {count(token.uses)}
                      </td>
                      <td>{when(token.expires_at)}</td>
                      <td>
                        <bdi>{token.made_by}</bdi>
                      </td>
                      <td class="num">
                        <Revoke label={token.label || token.id} onAsk={() => setRevoked(token)} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
      {isAdding && <NewEnrollToken onClose={() => setIsAdding(false)} onMade={tokens.retry} />}
      {revoked && (
        <Confirm
          title={`Revoke ${revoked.label || revoked.id}?`}
          act="Revoke"
          onClose={() => setRevoked(null)}
          onAct={async () => {
            await ask(`/api/enroll-tokens/${revoked.id}`, { method: 'DELETE' });
            tokens.retry();
          }}
        >
          No machine can enrol with it any more. Machines that did stay enrolled.
        </Confirm>
      )}
    </section>
  );
}

function PeoplesTokens() {
  const tokens = useResource('/api/tokens', (signal) => readAll<Token>('/api/tokens', 'tokens', signal));
  const [isAdding, setIsAdding] = useState(false);
  const [revoked, setRevoked] = useState<Token | null>(null);
  return (
    <section class="card" aria-labelledby="tokens-heading">
      <Head id="tokens-heading" title="Tokens" detail="by which programs ask as a person" onAdd={() => setIsAdding(true)} />
      <Loaded of={tokens} what="Tokens" skeleton={<SkeletonRows rows={3} />}>
        {(all) =>
          all.length === 0 ? (
            <Empty title="None">The reporter and other programs read with a token of a person.</Empty>
          ) : (
            <div class="box">
              <table class="tbl admin-tbl">
                <thead>
                  <tr>
                    <th>Of</th>
                    <th>Label</th>
                    <th>Id</th>
                    <th>May</th>
                    <th>Used</th>
                    <th>Expires</th>
                    <th>
                      <span class="sr">What to do</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {all.map((token) => (
                    <tr key={token.id}>
                      <td>
                        <bdi>{token.user}</bdi>
                      </td>
                      <td>
                        <bdi>{token.label}</bdi>
                      </td>
                      <td class="mono soft">{token.id}</td>
                      <td>{token.may_write ? 'read and write' : 'read'}</td>
                      <td class="soft">{when(token.used_at)}</td>
                      <td>{when(token.expires_at)}</td>
                      <td class="num">
                        <Revoke label={token.label || token.id} onAsk={() => setRevoked(token)} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
      {isAdding && <NewToken onClose={() => setIsAdding(false)} onMade={tokens.retry} />}
      {revoked && (
        <Confirm
          title={`Revoke ${revoked.label || revoked.id}?`}
          act="Revoke"
          onClose={() => setRevoked(null)}
          onAct={async () => {
            await ask(`/api/tokens/${revoked.id}`, { method: 'DELETE' });
            tokens.retry();
          }}
        >
          Programs that have it are refused at once, and so is what it made: other tokens, enrolment tokens.
        </Confirm>
      )}
    </section>
  );
}

function Head({ id, title, detail, onAdd }: { id: string; title: string; detail: string; onAdd: () => void }) {
  return (
    <header>
      <h2 id={id}>{title}</h2>
      <span class="soft no-phone">{detail}</span>
      <span class="grow" />
      <button type="button" class="btn less" onClick={onAdd}>
        <Icon name="plus" />
        Make one
      </button>
    </header>
  );
}

function Revoke({ label, onAsk }: { label: string; onAsk: () => void }) {
  return (
    <button type="button" class="btn quiet less" aria-label={`Revoke ${label}`} onClick={onAsk}>
      Revoke…
    </button>
  );
}

interface NewProps {
  onClose: () => void;
  onMade: () => void;
}

function NewEnrollToken({ onClose, onMade }: NewProps) {
  const [label, setLabel] = useState('');
  const [uses, setUses] = useState(1);
  const [hours, setHours] = useState(24);
  return (
    <TokenForm
      title="Make an enrolment token"
      path="/api/enroll-tokens"
      body={{ label, uses, expires_hours: hours }}
      command={(token) => `activitytrack-agent enroll ${location.origin} ${token}`}
      onClose={onClose}
      onMade={onMade}
    >
      <TextField label="Label" value={label} onInput={setLabel} />
      <NumberField label="How many machines may use it" value={uses} max={10_000} onInput={setUses} />
      <NumberField label="Good for so many hours" value={hours} max={8_760} onInput={setHours} />
    </TokenForm>
  );
}

function NewToken({ onClose, onMade }: NewProps) {
  const [label, setLabel] = useState('');
  const [days, setDays] = useState(90);
  const [mayWrite, setMayWrite] = useState(false);
  return (
    <TokenForm
      title="Make a token of yours"
      path="/api/tokens"
      body={{ label, expires_days: days, may_write: mayWrite }}
      onClose={onClose}
      onMade={onMade}
    >
      <TextField label="Label" value={label} onInput={setLabel} />
      <NumberField label="Good for so many days" value={days} max={3_650} onInput={setDays} />
      <label class="row">
        <input type="checkbox" class="check" checked={mayWrite} onChange={(event) => setMayWrite(event.currentTarget.checked)} />
        It may change things, too
      </label>
    </TokenForm>
  );
}

function TextField({ label, value, onInput }: { label: string; value: string; onInput: (text: string) => void }) {
  return (
    <label>
      <span class="label">{label}</span>
      <input class="input" required maxLength={128} value={value} onInput={(event) => onInput(event.currentTarget.value)} />
    </label>
  );
}

function NumberField({
  label,
  value,
  max,
  onInput,
}: {
  label: string;
  value: number;
  max: number;
  onInput: (value: number) => void;
}) {
  return (
    <label>
      <span class="label">{label}</span>
      <input
        class="input admin-number"
        type="number"
        min={1}
        max={max}
        required
        value={value}
        onInput={(event) => onInput(event.currentTarget.valueAsNumber || 1)}
      />
    </label>
  );
}

interface TokenFormProps extends NewProps {
  title: string;
  path: string;
  body: unknown;
  /** What is done with it, to be copied whole. */
  command?: (token: string) => string;
  children: ComponentChildren;
}

function TokenForm({ title, path, body, command, onClose, onMade, children }: TokenFormProps) {
  const [token, setToken] = useState('');
  const act = useAct();
  const make = async (event: Event) => {
    event.preventDefault();
    const made = await act.run(async () => setToken((await ask<{ token: string }>(path, { method: 'POST', body })).token));
    if (made) onMade();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={make}>
        <div class="pad admin-form">
          <ActError of={act} />
          {token ? (
            <SecretOnce what={command ? 'Run this on the machine' : 'The token'} secret={command ? command(token) : token} />
          ) : (
            children
          )}
        </div>
        <footer>
          <span class="grow" />
          {token ? (
            <button type="button" class="btn first" onClick={onClose}>
              Done
            </button>
          ) : (
            <>
              <button type="button" class="btn" onClick={onClose}>
                Back
              </button>
              <button class="btn first" disabled={act.isRunning}>
                Make it
              </button>
            </>
          )}
        </footer>
      </form>
    </Dialog>
  );
}
