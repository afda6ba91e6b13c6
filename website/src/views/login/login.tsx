/** /login: signing in, then on to the page that was asked for (?next=). */

import type { Me } from '../../api';
import { Mark } from '../../icons';
import { navigate, safeNext, url } from '../../router';
import { me } from '../../session';
import { useTitle } from '../../shell/page';
import { SignIn } from '../../shell/sign_in';

export default function Login() {
  useTitle('Sign in');
  const signedIn = (who: Me) => {
    me.value = who;
    navigate(safeNext(url.value.searchParams.get('next')), { replace: true });
  };
  return (
    <div class="alone">
      <main>
        <div class="brand">
          <Mark />
          activitytrack
        </div>
        <div class="card">
          <SignIn signedIn={signedIn} />
        </div>
      </main>
      <footer>Who looks at what is written down, and the people concerned can read it.</footer>
    </div>
  );
}
