/** /admin/...: machines, people, tokens, the audit log, the server. */

import type { ComponentChildren } from 'preact';
import { url } from '../../router';
import { Page } from '../../shell/page';
import { Audit } from './audit';
import { Machines } from './machines';
import { People } from './people';
import { Server } from './server';
import { Tokens } from './tokens';

const tabs: readonly { path: string; name: string; view: () => ComponentChildren }[] = [
  { path: '/admin/machines', name: 'Machines', view: () => <Machines /> },
  { path: '/admin/people', name: 'People', view: () => <People /> },
  { path: '/admin/tokens', name: 'Tokens', view: () => <Tokens /> },
  { path: '/admin/audit', name: 'Audit log', view: () => <Audit /> },
  { path: '/admin/server', name: 'Server', view: () => <Server /> },
];

export default function Administration() {
  const tab = tabs.find(({ path }) => path === url.value.pathname) ?? tabs[0]!;
  return (
    <Page
      title={`${tab.name}, administration`}
      context={
        <>
          <h1>Administration</h1>
          <span class="ctx-space" />
          <nav class="seg less" aria-label="Administration">
            {tabs.map(({ path, name }) => (
              <a key={path} href={path} aria-current={path === tab.path ? 'page' : undefined}>
                {name}
              </a>
            ))}
          </nav>
        </>
      }
    >
      {tab.view()}
    </Page>
  );
}
