/** Who looked at the person's data, or tried to. */

import { useState } from 'preact/hooks';
import { ask } from '../../api';
import { count, moment, viewerZone } from '../../format';
import { Loaded, SkeletonRows, useResource } from '../../parts/resource';

interface AccessEntry {
  at: string;
  name: string;
  kind: string;
  action: string;
  machine_id: string | null;
  status: number;
  count: number;
}

interface AccessPage {
  entries: AccessEntry[];
  next_cursor: string | null;
}

const atFirst = 8;
const atMost = 200;

export function Access() {
  const [limit, setLimit] = useState(atFirst);
  const path = `/api/me/access?limit=${limit}`;
  const access = useResource(path, (signal) => ask<AccessPage>(path, { signal }));
  return (
    <section class="card" aria-labelledby="access-heading">
      <header>
        <h2 id="access-heading">Who looked</h2>
        <span class="soft">refused tries too</span>
        <span class="grow" />
        {access.data?.next_cursor && limit === atFirst && (
          <button type="button" class="btn quiet less" onClick={() => setLimit(atMost)}>
            Show more
          </button>
        )}
      </header>
      <Loaded of={access} what="Who looked" skeleton={<SkeletonRows rows={4} />}>
        {(page) =>
          page.entries.length === 0 ? <p class="pad soft">Nobody has looked yet.</p> : <Entries entries={page.entries} />
        }
      </Loaded>
    </section>
  );
}

function Entries({ entries }: { entries: AccessEntry[] }) {
  return (
    <div class="box" tabIndex={0} role="region" aria-label="Who looked, the newest first">
      <table class="tbl stack">
        <thead>
          <tr role="row">
            <th>When</th>
            <th>Who</th>
            <th>What</th>
            <th class="num">Times</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr role="row" key={`${entry.at} ${entry.name} ${entry.action}`}>
              <td role="cell">{moment(entry.at, viewerZone)}</td>
              <td role="cell">
                <bdi>{entry.name}</bdi>
              </td>
              <td role="cell" class="lead">
                {entry.action} {entry.status >= 400 && <span class="chip bad">refused</span>}
              </td>
              <td role="cell" class="num soft">
                {count(entry.count)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
