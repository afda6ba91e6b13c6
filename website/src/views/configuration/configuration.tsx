/** /configuration, /configuration/{group}, /machines/{id}/configuration: what agents are to do. */

import { Page } from '../../shell/page';

export default function Configuration() {
  return <Page title="Configuration" context={<h1>Configuration</h1>} />;
}
