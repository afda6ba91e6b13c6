/** /setup: the first person, by the link that the server printed, then the first machine. */

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon, Mark } from '../../icons';
import { navigate, url } from '../../router';
import { me } from '../../session';
import { useTitle } from '../../shell/page';
import { AccountForm } from './account_form';
import { Command, useFirstMachine, Waiting } from './first_machine';

/** The token leaves the address bar at once, so that it stays in no history. */
function useToken(): string | null {
  const [token] = useState(() => url.peek().searchParams.get('token'));
  useEffect(() => {
    if (token) navigate('/setup', { replace: true });
  }, [token]);
  return token;
}

interface StepProps {
  number: number;
  title: string;
  /** What was done, beside the title. */
  done?: string | undefined;
  isLater?: boolean;
  children?: ComponentChildren;
}

function Step({ number, title, done, isLater = false, children }: StepProps) {
  return (
    <section class={`card setup-step${done ? ' done' : ''}${isLater ? ' later' : ''}`}>
      <span class="setup-number">{done ? <Icon name="check" /> : number}</span>
      <h2>
        {title}
        <span class="grow" />
        {done && <bdi class="soft small">{done}</bdi>}
      </h2>
      {children}
    </section>
  );
}

export default function Setup() {
  useTitle('First steps');
  const token = useToken();
  const [isMade, setIsMade] = useState(false);
  const isAdmin = me.value?.role === 'admin';
  const hasAccount = isMade || (!token && isAdmin);
  const machine = useFirstMachine(hasAccount);
  return (
    <main class="setup">
      <div class="setup-head">
        <Mark />
        <h1>Your server is running</h1>
        <span class="grow" />
        <span class="soft small no-phone">{location.host}</span>
      </div>
      {!token && !hasAccount ? (
        <div class="card pad">This page is opened by the link that the server prints while it has no administrator.</div>
      ) : (
        <div class="setup-steps">
          <Step number={1} title="Make your account" done={hasAccount ? `${me.value?.user ?? ''}, administrator` : undefined}>
            {!hasAccount && <AccountForm token={token!} onMade={() => setIsMade(true)} />}
          </Step>
          <Step number={2} title="Add the first machine" isLater={!hasAccount} done={machine?.machine_id}>
            {hasAccount && !machine && <Command />}
          </Step>
          <Step
            number={3}
            title={machine ? `${machine.machine_id} is here` : hasAccount ? 'Waiting for the machine…' : 'Watch it come alive'}
            isLater={!hasAccount}
          >
            {hasAccount && <Waiting machine={machine} />}
          </Step>
        </div>
      )}
      <p class="soft small setup-foot">
        Nothing leaves this server. The person at the machine can see all that it records, under My data.
      </p>
    </main>
  );
}
