/** /machines/{id}?from=&to=: a week, a month or a year of a machine. */

import { Page } from '../../shell/page';

export default function Range() {
  return <Page title="Range" context={<h1>Range</h1>} />;
}
