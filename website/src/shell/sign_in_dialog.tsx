/** Who is signed out while a page is open signs in here, and the page behind goes on with what was typed into it. */

import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Me } from '../api';
import { me, whoIsThere } from '../session';
import { SignIn } from './sign_in';

let done: (() => void) | undefined;
const open = signal(false);

/** Ends when the person has signed in. */
export function askToSignIn(): Promise<void> {
  open.value = true;
  return new Promise((resolve) => (done = resolve));
}

function signedIn(who: Me): void {
  if (me.value && me.value.user !== who.user) return location.reload(); // nobody sees what was another's
  me.value = who;
  open.value = false;
  done?.();
}

/** Who comes back from the sign-in service's tab is signed in by then. */
function useReturn(): void {
  useEffect(() => {
    if (!open.value) return;
    const look = () =>
      void whoIsThere().then(
        (who) => who && signedIn(who),
        () => undefined, // the dialog stays
      );
    addEventListener('focus', look);
    return () => removeEventListener('focus', look);
  }, [open.value]);
}

export function SignInDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  useReturn();
  useEffect(() => {
    if (open.value) dialog.current?.showModal();
  }, [open.value]);
  if (!open.value) return null;
  return (
    <dialog ref={dialog} class="sign-in" aria-labelledby="sign-in-title" onCancel={(event) => event.preventDefault()}>
      <div class="pad">
        <SignIn
          name={me.value?.user ?? ''}
          note={
            <>
              You were signed out. <b>What you typed is kept</b>, and is here when you have signed in.
            </>
          }
          keepsPage
          signedIn={signedIn}
        />
      </div>
    </dialog>
  );
}
