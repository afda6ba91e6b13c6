/** /machines/{id}?date=: a day of a machine. */

import { Page } from '../../shell/page';

export default function Day() {
  return <Page title="Day" context={<h1>Day</h1>} />;
}
