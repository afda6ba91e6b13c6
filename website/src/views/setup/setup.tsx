/** /setup: the first person, by the link that the server printed. */

import { useEffect, useState } from 'preact/hooks';
import { ApiError, ask, type Me } from '../../api';
import { Mark } from '../../icons';
import { navigate, url } from '../../router';
import { me } from '../../session';
import { sentence } from '../../shell/failed';
import { useTitle } from '../../shell/page';
import { Field } from '../../shell/sign_in';

/** The token leaves the address bar at once, so that it stays in no history. */
function useToken(): string | null {
  const [token] = useState(() => url.peek().searchParams.get('token'));
  useEffect(() => {
    if (token) navigate('/setup', { replace: true });
  }, [token]);
  return token;
}

function AccountForm({ token }: { token: string }) {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState('');
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    setError('');
    try {
      const made = await ask<{ user: string }>('/api/setup', { method: 'POST', body: { token, user, password }, anonymous: true });
      const body = { user: made.user, password };
      me.value = await ask<Me>('/api/login', { method: 'POST', body, anonymous: true });
      navigate('/', { replace: true });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setError(sentence(error.detail));
    }
  }
  return (
    <form class="sign-in" onSubmit={(event) => void submit(event)}>
      <div>
        <h1>Your account</h1>
        <p class="soft">You administrate this server: you may read and change everything.</p>
      </div>
      <Field id="user" label="Name" value={user} input={setUser} autocomplete="username" focus />
      <Field
        id="password"
        label="Password, at least 10 characters"
        type="password"
        value={password}
        input={setPassword}
        autocomplete="new-password"
        error={error}
      />
      <button class="btn first tall">Make the account</button>
    </form>
  );
}

export default function Setup() {
  useTitle('First steps');
  const token = useToken();
  return (
    <div class="alone">
      <main>
        <div class="brand">
          <Mark />
          activitytrack
        </div>
        <div class="card">
          {token ? (
            <AccountForm token={token} />
          ) : (
            <p>This page is opened by the link that the server prints when it starts without users.</p>
          )}
        </div>
      </main>
    </div>
  );
}
