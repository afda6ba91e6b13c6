/** Tokens: of people and programs, and those by which machines enrol. */

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { ask } from '../../api';
import { count, moment, viewerZone } from '../../format';
import { Icon } from '../../icons';
import { useAct } from '../../parts/act';
import { Confirm } from '../../parts/confirm';
import { FormDialog } from '../../parts/form_dialog';
import { Empty, Loaded, SkeletonRows, useResource } from '../../parts/resource';
import { SecretDialog } from '../../parts/secret_once';
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
  return (
    <TokenCard<EnrollToken>
      id="enroll-heading"
      title="Enrolment tokens"
      detail="by which machines get their credentials"
      path="/api/enroll-tokens"
      list="enroll_tokens"
      whenNone="A token lets a machine enrol, once or several times, until it expires."
      revoking="No machine can enrol with it any more. Machines that did stay enrolled."
      Form={NewEnrollToken}
      columns={[
        { head: 'Label', cell: (token) => <bdi>{token.label}</bdi> },
        { head: 'Id', class: 'mono soft', cell: (token) => token.id },
        { head: 'Uses left', class: 'num', cell: (token) => `${count(token.uses_left)} of ${count(token.uses)}` },
        { head: 'Expires', cell: (token) => when(token.expires_at) },
        { head: 'Made by', cell: (token) => <bdi>{token.made_by}</bdi> },
      ]}
    />
  );
}

function PeoplesTokens() {
  return (
    <TokenCard<Token>
      id="tokens-heading"
      title="Tokens"
      detail="by which programs ask as a person"
      path="/api/tokens"
      list="tokens"
      whenNone="The reporter and other programs read with a token of a person."
      revoking="Programs that have it are refused at once, and so is what it made: other tokens, enrolment tokens."
      Form={NewToken}
      columns={[
        { head: 'Of', cell: (token) => <bdi>{token.user}</bdi> },
        { head: 'Label', cell: (token) => <bdi>{token.label}</bdi> },
        { head: 'Id', class: 'mono soft', cell: (token) => token.id },
        { head: 'May', cell: (token) => (token.may_write ? 'read and write' : 'read') },
        { head: 'Used', class: 'soft', cell: (token) => when(token.used_at) },
        { head: 'Expires', cell: (token) => when(token.expires_at) },
      ]}
    />
  );
}

interface TokenCardProps<T> {
  id: string;
  title: string;
  detail: string;
  /** Where they are listed, made, and each revoked by its id. */
  path: string;
  /** The name of the list in the answer. */
  list: string;
  whenNone: string;
  /** What revoking one means. */
  revoking: string;
  /** Makes a new one. */
  Form: (props: NewProps) => ComponentChildren;
  columns: { head: string; class?: string; cell: (token: T) => ComponentChildren }[];
}

/** Tokens of one kind: those that there are, with making one and revoking one. */
function TokenCard<T extends { id: string; label: string }>(props: TokenCardProps<T>) {
  const { id, path, columns, Form } = props;
  const tokens = useResource(path, (signal) => readAll<T>(path, props.list, signal));
  const [isAdding, setIsAdding] = useState(false);
  const [revoked, setRevoked] = useState<T | null>(null);
  return (
    <section class="card" aria-labelledby={id}>
      <header>
        <h2 id={id}>{props.title}</h2>
        <span class="soft no-phone">{props.detail}</span>
        <span class="grow" />
        <button type="button" class="btn less" onClick={() => setIsAdding(true)}>
          <Icon name="plus" />
          Make one
        </button>
      </header>
      <Loaded of={tokens} what={props.title} skeleton={<SkeletonRows rows={3} />}>
        {(all) =>
          all.length === 0 ? (
            <Empty title="None">{props.whenNone}</Empty>
          ) : (
            <div class="box">
              <table class="tbl admin-tbl">
                <thead>
                  <tr>
                    {columns.map((column) => (
                      <th key={column.head} class={column.class === 'num' ? 'num' : undefined}>
                        {column.head}
                      </th>
                    ))}
                    <th>
                      <span class="sr">What to do</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {all.map((token) => (
                    <tr key={token.id}>
                      {columns.map((column) => (
                        <td key={column.head} class={column.class}>
                          {column.cell(token)}
                        </td>
                      ))}
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
      {isAdding && <Form onClose={() => setIsAdding(false)} onMade={tokens.retry} />}
      {revoked && (
        <Confirm
          title={`Revoke ${revoked.label || revoked.id}?`}
          act="Revoke"
          onClose={() => setRevoked(null)}
          onAct={async () => {
            await ask(`${path}/${revoked.id}`, { method: 'DELETE' });
            tokens.retry();
          }}
        >
          {props.revoking}
        </Confirm>
      )}
    </section>
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
  const make = async () => {
    const made = await act.run(async () => setToken((await ask<{ token: string }>(path, { method: 'POST', body })).token));
    if (made) onMade();
  };
  if (!token)
    return (
      <FormDialog class="pad admin-form" title={title} submit="Make it" act={act} onSubmit={make} onClose={onClose}>
        {children}
      </FormDialog>
    );
  const what = command ? 'Run this on the machine' : 'The token';
  return <SecretDialog title={title} what={what} secret={command ? command(token) : token} onClose={onClose} />;
}
