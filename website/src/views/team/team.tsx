/** /team?from=&to=&group=: several machines together. */

import { Page } from '../../shell/page';

export default function Team() {
  return <Page title="Team" context={<h1>Team</h1>} />;
}
