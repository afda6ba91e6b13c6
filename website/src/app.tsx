/** Shows the page of the address: who is not signed in is sent to /login first. A page stays until the next is loaded. */

import { effect, signal } from '@preact/signals';
import { ApiError, onSignedOut } from './api';
import { Sprite } from './icons';
import { findPage, type FoundPage, type View } from './pages';
import { afterService, navigate, takeLinks, url } from './router';
import { takeSearchKeys } from './search/open';
import { Overlays } from './search/overlays';
import { me, whoIsThere } from './session';
import { Failed } from './shell/failed';
import { Page } from './shell/page';
import { SignInDialog, askToSignIn } from './shell/sign_in_dialog';

interface Shown extends FoundPage {
  View: View;
}

const shown = signal<Shown | undefined>(undefined);
const failure = signal<ApiError | undefined>(undefined);
let latest: FoundPage | undefined;

async function show(found: FoundPage): Promise<void> {
  latest = found;
  try {
    const { default: View } = await found.page.load();
    if (latest !== found) return;
    failure.value = undefined;
    shown.value = { ...found, View };
  } catch {
    // Another version of the server has other files.
    failure.value = new ApiError(
      0,
      'Not loaded',
      'This page could not be loaded. The server is away, or was updated.',
      '',
      {},
      0,
    );
  }
}

function follow(): void {
  const found = findPage(url.value);
  const who = me.value;
  if (!found.page.open && who === null) {
    const here = url.value.pathname + url.value.search;
    return navigate(here === '/' ? '/login' : `/login?next=${encodeURIComponent(here)}`, { replace: true });
  }
  if (found.page.open || who) void show(found);
  // Its files come while it is asked who is there.
  else found.page.load().catch(() => undefined);
}

export function start(): void {
  takeLinks();
  takeSearchKeys();
  // The whole page as it was left: who sits there now may be somebody else.
  addEventListener('pageshow', (event) => event.persisted && location.reload());
  onSignedOut(askToSignIn);
  effect(follow);
  void retry();
}

async function retry(): Promise<void> {
  failure.value = undefined;
  try {
    if (me.value !== undefined) return location.reload();
    me.value = await whoIsThere();
    if (me.value) afterService();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    failure.value = error;
  }
}

export function App() {
  const now = shown.value;
  return (
    <>
      <Sprite />
      {failure.value ? (
        <Page title="">
          <Failed error={failure.value} retry={() => void retry()} />
        </Page>
      ) : now ? (
        <now.View key={now.page.path} parameters={now.parameters} />
      ) : findPage(url.peek()).page.open ? null : (
        <Page title="" context={<h1 class="sr">Loading</h1>} />
      )}
      <Overlays />
      <SignInDialog />
    </>
  );
}
