/** /login: signing in, then on to the page that was asked for (?next=). */

import type { Me } from '../../api';
import { Mark } from '../../icons';
import { navigate, url } from '../../router';
import { me } from '../../session';
import { useTitle } from '../../shell/page';
import { SignIn } from '../../shell/sign_in';

/** Only a path of this website: a link to here must not lead elsewhere. */
export function safeNext(next: string | null): string {
  if (!next?.startsWith('/')) return '/';
  const to = new URL(next, location.origin);
  return to.origin === location.origin && !to.pathname.startsWith('/login') ? to.pathname + to.search : '/';
}

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
