/** What the server changed of this machine's settings, and who did. */

import { ask, segment } from '../../api';
import { moment, viewerZone } from '../../format';
import { Loaded, SkeletonRows, useResource } from '../../parts/resource';

interface Change {
  key: string;
  from: unknown;
  to: unknown;
}

interface Version {
  version: number;
  at: string;
  by: string;
  note: string;
  changes: Change[];
}

export function Changes({ machine }: { machine: string }) {
  const path = `/api/machines/${segment(machine)}/configuration/versions?limit=20`;
  const versions = useResource(path, (signal) => ask<{ versions: Version[] }>(path, { signal }));
  return (
    <section class="card" id="changes" aria-labelledby="changes-heading">
      <header>
        <h2 id="changes-heading">What changed</h2>
        <span class="soft">you are told on your desktop when something is loosened</span>
      </header>
      <Loaded of={versions} what="What changed" skeleton={<SkeletonRows rows={3} />}>
        {({ versions: all }) =>
          all.length === 0 ? (
            <p class="pad soft">The server has changed nothing of your settings.</p>
          ) : (
            <div class="box" tabIndex={0} role="region" aria-label="What changed, the newest first">
              <table class="tbl stack wrap">
                <tbody>
                  {all.map((version) => (
                    <tr role="row" key={version.version}>
                      <td role="cell" class="soft">
                        {moment(version.at, viewerZone)}
                      </td>
                      <td role="cell" class="lead">
                        {version.changes.map((change) => (
                          <div key={change.key}>
                            <code>{change.key}</code> <Value of={change.from} /> to <Value of={change.to} />
                          </div>
                        ))}
                        {version.note && <bdi class="soft">{version.note}</bdi>}
                      </td>
                      <td role="cell" class="soft">
                        <bdi>{version.by}</bdi>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
    </section>
  );
}

function Value({ of }: { of: unknown }) {
  if (of === null || of === undefined) return <span class="soft">not set</span>;
  if (typeof of === 'boolean') return <>{of ? 'on' : 'off'}</>;
  return <bdi>{Array.isArray(of) ? of.join(', ') || 'none' : String(of)}</bdi>;
}
