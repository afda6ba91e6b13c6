/** What narrows the list down, and what else is done with it. */

import { count, counted } from '../../format';
import { Icon } from '../../icons';
import { GroupMenu } from '../../parts/group_menu';
import { groupSizes } from '../../parts/groups';
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
        <FleetGroupMenu fleet={fleet} group={query.group} class="btn" text={query.group === '' ? 'Group: any' : query.group} />
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

interface FleetGroupMenuProps {
  fleet: Fleet;
  group: string;
  class: string;
  text: string;
  /** Beside the text. */
  count?: number | undefined;
}

export function FleetGroupMenu({ fleet, group, class: extra, text, count: size }: FleetGroupMenuProps) {
  return (
    <GroupMenu
      sizes={sizesIn(fleet)}
      group={group}
      onChoose={chooseGroup}
      class={extra}
      label={size === undefined ? `Group: ${group || 'any'}` : `Group: ${text}${count(size)}`}
    >
      <bdi>{text}</bdi>
      {size !== undefined && <span class="soft scope-count">{count(size)}</span>}
    </GroupMenu>
  );
}

export const sizesIn = (fleet: Fleet): Map<string, number> =>
  groupSizes([...fleet.members.values()].map((member) => member.row.peek()));

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
