/** Who is signed out while a page is open signs in here, and the page behind goes on with what was typed into it. */

import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Me } from '../api';
import { me } from '../session';
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

export function SignInDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
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
          signedIn={signedIn}
        />
      </div>
    </dialog>
  );
}
