/** The first person, who administrates the server. */

import { useState } from 'preact/hooks';
import { ApiError, ask, type Me } from '../../api';
import { me } from '../../session';
import { sentence } from '../../shell/failed';
import { Field } from '../../shell/sign_in';

export function AccountForm({ token, onMade }: { token: string; onMade: () => void }) {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState('');
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    setError('');
    try {
      const made = await ask<{ user: string }>('/api/setup', {
        method: 'POST',
        body: { token, user, password },
        anonymous: true,
      });
      const body = { user: made.user, password };
      me.value = await ask<Me>('/api/login', { method: 'POST', body, anonymous: true });
      onMade();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setError(sentence(error.detail));
    }
  }
  return (
    <form class="setup-body" onSubmit={(event) => void submit(event)}>
      <div class="setup-two">
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
      </div>
      <div class="row">
        <button class="btn first">Make the account</button>
        <span class="soft small">It may read and change everything here. The link works once.</span>
      </div>
    </form>
  );
}
