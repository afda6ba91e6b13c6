/** Signing in: name and password, then a code where there is a second factor, or making one where there must be. */

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiError, ask, type Me } from '../api';
import { Icon } from '../icons';
import { rememberNext } from '../router';
import { sentence } from './failed';
import { MakeSecondFactor, RecoveryCodes, type SecondFactor } from './second_factor';

/** GET /api/login */
interface Ways {
  password: boolean;
  openid: boolean;
}

type Signed = Me & { recovery_codes?: string[] };

/** What the form asks for now. */
type Step = { asks: 'password' } | { asks: 'code' } | { asks: 'enrol'; factor: SecondFactor } | { asks: 'codes'; who: Signed };

export interface SignInProps {
  name?: string;
  /** Why the person is here. */
  note?: ComponentChildren;
  /** The page must stay as it is: the sign-in service opens in another tab. */
  keepsPage?: boolean;
  signedIn: (who: Me) => void;
}

/** By the service, which brings the browser back to the start; see afterService() in router.ts. */
function ServiceLink({ keepsPage }: { keepsPage: boolean }) {
  return (
    <a class="btn tall" href="/api/login/openid" target={keepsPage ? '_blank' : undefined} onClick={() => keepsPage || rememberNext()}>
      <Icon name="key" />
      Sign in by your organisation
    </a>
  );
}

interface FieldProps {
  id: string;
  label: string;
  value: string;
  input: (text: string) => void;
  type?: 'text' | 'password';
  autocomplete: string;
  error?: string;
  focus?: boolean;
}

export function Field({ id, label, value, input, type = 'text', autocomplete, error, focus }: FieldProps) {
  return (
    <div>
      <label class="label" for={id}>
        {label}
      </label>
      <input
        class="input tall"
        id={id}
        type={type as 'text'}
        value={value}
        autocomplete={autocomplete}
        autofocus={focus ?? false}
        required
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        onInput={(event) => input(event.currentTarget.value)}
      />
      {error && (
        <p class="hint bad" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function wordsOf(error: ApiError): string {
  if (error.status === 401 && error.more['second_factor'] === undefined) return 'Name and password do not match.';
  return sentence(error.detail);
}

export function SignIn({ name = '', note, keepsPage = false, signedIn }: SignInProps) {
  const [ways, setWays] = useState<Ways>({ password: true, openid: false });
  const [user, setUser] = useState(name);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [step, setStep] = useState<Step>({ asks: 'password' });
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    ask<Ways>('/api/login', { anonymous: true }).then(setWays, () => undefined);
  }, []);

  async function refused(error: ApiError): Promise<void> {
    const factor = error.more['second_factor'];
    if (factor === 'code') return setStep({ asks: 'code' });
    if (factor === 'enrol') {
      const made = await ask<SecondFactor>('/api/login/second-factor', {
        method: 'POST',
        body: { user, password },
        anonymous: true,
      });
      return setStep({ asks: 'enrol', factor: made });
    }
    setError(wordsOf(error));
  }

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setError('');
    try {
      const body = step.asks === 'password' ? { user, password } : { user, password, code: code.replaceAll(' ', '') };
      const who = await ask<Signed>('/api/login', { method: 'POST', body, anonymous: true });
      if (who.recovery_codes) setStep({ asks: 'codes', who });
      else signedIn(who);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      await refused(error).catch((error: ApiError) => setError(wordsOf(error)));
    } finally {
      setBusy(false);
    }
  }

  if (step.asks === 'codes') return <RecoveryCodes codes={step.who.recovery_codes ?? []} done={() => signedIn(step.who)} />;
  return (
    <form class="sign-in" onSubmit={(event) => void submit(event)}>
      <div>
        <h1 id="sign-in-title">Sign in</h1>
        <p class="soft">{location.host}</p>
      </div>
      {note && (
        <div class="note">
          <Icon name="clock" />
          <div>{note}</div>
        </div>
      )}
      {step.asks === 'password' && ways.password && (
        <>
          <Field id="user" label="Name" value={user} input={setUser} autocomplete="username" focus={user === ''} />
          <Field
            id="password"
            label="Password"
            type="password"
            value={password}
            input={setPassword}
            autocomplete="current-password"
            error={error}
            focus={user !== ''}
          />
        </>
      )}
      {step.asks === 'enrol' && <MakeSecondFactor factor={step.factor} />}
      {step.asks !== 'password' && (
        <Field id="code" label="Code" value={code} input={setCode} autocomplete="one-time-code" error={error} focus />
      )}
      {ways.password && (
        <button class="btn first tall" disabled={busy}>
          Sign in
        </button>
      )}
      {ways.openid && step.asks === 'password' && <ServiceLink keepsPage={keepsPage} />}
      {step.asks === 'code' && (
        <p class="soft small">The code of your authenticator application, or one of your recovery codes.</p>
      )}
      {step.asks === 'password' && ways.password && (
        <p class="soft small">
          Forgotten? An administrator sets a new one: <code>activitytrack-server user passwd NAME</code>
        </p>
      )}
    </form>
  );
}
