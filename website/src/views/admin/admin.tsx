/** /admin/...: machines, people, tokens, the audit log, the server. */

import { Page } from '../../shell/page';

export default function Administration() {
  return <Page title="Administration" context={<h1>Administration</h1>} />;
}
