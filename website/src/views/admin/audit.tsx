/** The audit log: who read or changed what, and who was refused. */

import { useState } from 'preact/hooks';
import { ask } from '../../api';
import { moment, viewerZone } from '../../format';
import { Empty, Loaded, SkeletonRows, useResource } from '../../parts/resource';
import { urlText } from '../../url_state';

interface Entry {
  at: string;
  kind: string;
  name: string;
  action: string;
  machine_id: string | null;
  client: string;
  status: number;
  target: { kind: string; id: string; label: string | null } | null;
  details: Record<string, unknown> | null;
}

interface AuditPage {
  entries: Entry[];
  next_cursor: string | null;
}

const person = urlText('person');
const machine = urlText('machine');
const target = urlText('target');
const atOnce = 200;

export function Audit() {
  const [limit, setLimit] = useState(atOnce);
  const query = new URLSearchParams({ limit: String(limit) });
  for (const [name, text] of [
    ['person', person.value],
    ['machine', machine.value],
    ['target', target.value],
  ] as const)
    if (text) query.set(name, text);
  const path = `/api/audit?${query}`;
  const audit = useResource(path, (signal) => ask<AuditPage>(path, { signal }));
  return (
    <section class="card" aria-labelledby="audit-heading">
      <header>
        <h2 id="audit-heading">Audit log</h2>
        <span class="soft no-phone">the newest first</span>
        <span class="grow" />
        <Filter label="Person" of={person} />
        <Filter label="Machine" of={machine} />
        <Filter label="Done to" of={target} />
      </header>
      <Loaded of={audit} what="The audit log" skeleton={<SkeletonRows rows={12} />}>
        {(page) => (page.entries.length === 0 ? <Empty title="Nothing matches" /> : <Entries entries={page.entries} />)}
      </Loaded>
      {audit.data?.next_cursor && (
        <footer>
          <button type="button" class="btn less" onClick={() => setLimit(Math.min(10_000, limit * 4))}>
            Show more
          </button>
        </footer>
      )}
    </section>
  );
}

function Filter({ label, of }: { label: string; of: ReturnType<typeof urlText> }) {
  return (
    <input
      class="input less admin-filter"
      type="search"
      placeholder={label}
      aria-label={label}
      value={of.value}
      onChange={(event) => of.set(event.currentTarget.value.trim())}
    />
  );
}

function Entries({ entries }: { entries: Entry[] }) {
  return (
    <div class="box" tabIndex={0} role="region" aria-label="Entries">
      <table class="tbl low admin-tbl">
        <thead>
          <tr>
            <th>When</th>
            <th>Who</th>
            <th>What</th>
            <th>Of machine</th>
            <th>Done to</th>
            <th>From</th>
            <th class="num">Answer</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry, i) => (
            <tr key={i}>
              <td class="soft">{moment(entry.at, viewerZone)}</td>
              <td>
                <bdi>{entry.name}</bdi> <span class="soft">{entry.kind === 'person' ? '' : entry.kind}</span>
              </td>
              <td class="mono cut admin-what" title={entry.details ? JSON.stringify(entry.details, null, 1) : entry.action}>
                {entry.action}
              </td>
              <td>
                <bdi>{entry.machine_id ?? ''}</bdi>
              </td>
              <td>{entry.target && <bdi>{entry.target.label ?? entry.target.id}</bdi>}</td>
              <td class="soft">{entry.client}</td>
              <td class="num">{entry.status >= 400 ? <span class="chip bad">{entry.status}</span> : entry.status}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
