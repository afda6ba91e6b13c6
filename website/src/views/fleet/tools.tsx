/** What narrows the list down, and what else is done with it. */

import { counted } from '../../format';
import { Icon } from '../../icons';
import { Menu } from '../../parts/menu';
import { Segments } from '../../parts/segments';
import { exportRows } from './export';
import type { Fleet } from './fleet_data';
import { helpOf } from './help';
import { type Arranged, segments } from './order';
import { type Column, columns, prefer, preferences, toggleColumn } from './preferences';
import { chooseCause, chooseGroup, chooseState, type Query, textInUrl } from './query';

interface ToolsProps {
  fleet: Fleet;
  query: Query;
  arranged: Arranged;
}

/** States that are worth a segment even when nobody is in them. */
const always = ['active', 'idle', 'scripted', 'paused', 'offline'];

export function Tools({ fleet, query, arranged }: ToolsProps) {
  const { counts, total } = arranged;
  const shown = segments.filter(({ value }) => always.includes(value) || counts[value] || query.state === value);
  return (
    <div class="tools">
      <input
        class="input"
        type="search"
        id="fleet-filter"
        placeholder="Filter: name, person, group"
        aria-label="Filter machines"
        value={query.text}
        onInput={(event) => textInUrl.set(event.currentTarget.value, { replace: true })}
      />
      <Segments
        label="State"
        value={query.state}
        onChange={chooseState}
        options={[
          { value: '', label: 'All', count: total },
          ...shown.map(({ value, label }) => ({ value, label, count: counts[value] ?? 0 })),
        ]}
      />
      <span class="no-phone">
        <GroupMenu fleet={fleet} group={query.group} class="btn" text={query.group === '' ? 'Group: any' : query.group} />
      </span>
      {query.cause !== '' && (
        <button
          type="button"
          class="btn"
          onClick={() => chooseCause('')}
          aria-label={`Only ${helpOf(query.cause).title}: show all again`}
        >
          {helpOf(query.cause).title}
          <Icon name="x" />
        </button>
      )}
      <span class="grow" />
      <span class="sr" role="status">
        {counted(arranged.order.length, 'machine')} shown
      </span>
      <button type="button" class="btn quiet no-phone" aria-label="Export the list" onClick={() => exportRows(arranged.order)}>
        <Icon name="save" />
        <span class="tl">Export</span>
      </button>
      <span class="no-phone tools-end">
        <ColumnMenu />
      </span>
    </div>
  );
}

interface GroupMenuProps {
  fleet: Fleet;
  group: string;
  class: string;
  text: string;
  /** Beside the text. */
  count?: number | undefined;
}

/** The groups that machines are in, with how many. */
export function GroupMenu({ fleet, group, class: extra, text, count }: GroupMenuProps) {
  const sizes = groupSizes(fleet);
  const items = [...sizes].map(([name, size]) => ({
    label: (
      <>
        <bdi>{name}</bdi> <span class="soft">{size}</span>
      </>
    ),
    checked: group === name,
    act: () => chooseGroup(name),
  }));
  return (
    <Menu
      class={extra}
      label={count === undefined ? `Group: ${group || 'any'}` : `Group: ${text}${count.toLocaleString('en')}`}
      button={
        <>
          <bdi>{text}</bdi>
          {count !== undefined && <span class="soft scope-count">{count.toLocaleString('en')}</span>}
          <Icon name="down" class="end" />
        </>
      }
      items={[{ label: 'All machines', checked: group === '', act: () => chooseGroup('') }, ...items]}
    />
  );
}

export function groupSizes(fleet: Fleet): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const member of fleet.members.values())
    for (const group of member.row.peek().groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return new Map([...sizes].sort(([a], [b]) => a.localeCompare(b)));
}

const columnNames: Record<Column, string> = {
  user: 'Person',
  active: 'Active',
  heard: 'Last heard',
  version: 'Version',
  configuration: 'Configuration',
};

function ColumnMenu() {
  const { hidden, compact } = preferences.value;
  return (
    <Menu
      class="btn quiet icon"
      label="Columns and density"
      button={<Icon name="more" />}
      items={[
        ...columns.map((column) => ({
          label: columnNames[column],
          checked: !hidden.includes(column),
          many: true as const,
          act: () => toggleColumn(column),
        })),
        { label: 'Compact rows', checked: compact, many: true as const, act: () => prefer({ compact: !compact }) },
      ]}
    />
  );
}
