/** /: every machine that the person may see. */

import { Page } from '../../shell/page';

export default function Fleet() {
  return <Page title="Fleet" context={<h1>Fleet</h1>} />;
}
