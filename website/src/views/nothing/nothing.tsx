/** There is no page at this address. */

import { Page } from '../../shell/page';

export default function Nothing() {
  return (
    <Page title="Not found" read>
      <div class="empty">
        <b>There is no page at this address</b>
        <a class="btn" href="/">
          To the start
        </a>
      </div>
    </Page>
  );
}
