/** /machines/{id}/screenshots?date=: the screenshots of a day. */

import { Page } from '../../shell/page';

export default function Screenshots() {
  return <Page title="Screenshots" context={<h1>Screenshots</h1>} />;
}
