/** The server: whether it can store, and whom it tells what needs attention. */

import { ask } from '../../api';
import { Icon } from '../../icons';
import { Loaded, SkeletonRows, useResource } from '../../parts/resource';
import { Webhook } from './webhook';

interface Info {
  version: string;
  isReady: boolean;
  why: string;
}

async function readInfo(signal: AbortSignal): Promise<Info> {
  const about = await ask<{ info: { version: string } }>('/openapi.json', { signal });
  // Not ready is an answer like others here, and no error of this page.
  const ready = await fetch('/readyz', { signal });
  const said = (await ready.json()) as { detail?: string };
  return { version: about.info.version, isReady: ready.ok, why: said.detail ?? '' };
}

export function Server() {
  const info = useResource('server', readInfo);
  return (
    <div class="admin-stack">
      <section class="card" aria-labelledby="server-heading">
        <header>
          <h2 id="server-heading">This server</h2>
          <span class="soft">{location.host}</span>
        </header>
        <Loaded of={info} what="The server's state" skeleton={<SkeletonRows rows={3} />}>
          {(now) => (
            <dl class="kv admin-facts">
              <dt>Version</dt>
              <dd>{now.version}</dd>
              <dt>Storing</dt>
              <dd>
                {now.isReady ? (
                  <span class="row">
                    <Icon name="check" />
                    Events can be stored
                  </span>
                ) : (
                  <span class="row chip bad">{now.why || 'Events cannot be stored now'}</span>
                )}
              </dd>
              <dt>Connection</dt>
              <dd>
                {location.protocol === 'https:'
                  ? 'encrypted'
                  : 'not encrypted: only for this machine, or behind a proxy with TLS'}
              </dd>
              <dt>For programs</dt>
              <dd>
                <a href="/openapi.json">openapi.json</a>
              </dd>
            </dl>
          )}
        </Loaded>
      </section>
      <Webhook />
    </div>
  );
}
