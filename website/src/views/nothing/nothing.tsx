/** There is no page at this address. */

import { Page } from '../../shell/page';

export default function Nothing() {
  return (
    <Page title="Not found" read>
      <div class="empty">
        <h1>There is no page at this address</h1>
        <a class="btn" href="/">
          To the start
        </a>
      </div>
    </Page>
  );
}
