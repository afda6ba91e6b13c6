/** /me: what the tracked person sees of themselves. */

import { Page } from '../../shell/page';

export default function MyData() {
  return <Page title="My data" context={<h1>My data</h1>} />;
}
