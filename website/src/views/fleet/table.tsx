/** The table of the fleet: only the rows near those in sight are in the document. */

import { useEffect, useRef } from 'preact/hooks';
import { useKeys } from '../../parts/keys';
import { useMedia } from '../../parts/media';
import { SortHead } from '../../parts/sort_head';
import { Space, useRowWindow } from '../../parts/virtual_rows';
import type { Member } from './fleet_data';
import { type DayScale, gridStyle, HoursHead } from './hours';
import { preferences } from './preferences';
import { type Query, sortBy, type SortKey } from './query';
import { Row, type RowContext, selection } from './row';

interface FleetTableProps {
  order: readonly Member[];
  query: Query;
  scale: DayScale;
  context: RowContext;
  /** The body of the table, for who has to know whether the pointer is over it. */
  body: { current: HTMLTableSectionElement | null };
  /** Which rows are drawn, from time to time. */
  onSight: (members: readonly Member[]) => void;
}

/** In px, as the style has it: see fleet.css. */
function useRowHeight(): number {
  const isPhone = useMedia('(max-width: 640px)');
  const isTouched = useMedia('(pointer: coarse)');
  if (isPhone) return 60;
  if (preferences.value.compact) return 28;
  return isTouched ? 44 : 36;
}

const sightMs = 5_000;

export function FleetTable({ order, query, scale, context, body: bodyRef, onSight }: FleetTableProps) {
  const height = useRowHeight();
  const { body, window: shown } = useRowWindow<HTMLTableSectionElement>(order.length, height);
  const rows = order.slice(shown.first, shown.end);
  const latest = useRef({ rows, onSight });
  latest.current = { rows, onSight };
  useEffect(() => {
    bodyRef.current = body.current;
    const timer = setInterval(() => latest.current.onSight(latest.current.rows), sightMs);
    return () => clearInterval(timer);
  }, []);
  useRowKeys(body, order, height);
  const hidden = preferences.value.hidden.map((column) => `no-${column}`).join(' ');
  return (
    <table
      role="table"
      hidden={order.length === 0}
      class={`tbl fleet ${hidden} ${context.maySelect ? '' : 'no-pick'}`}
      aria-rowcount={order.length + 1}
      style={{ '--fleet-row': `${height}px`, ...gridStyle(scale) }}
    >
      <caption class="sr">
        Machines, by {query.sort}
        {query.descending ? ', turned round' : ''}
      </caption>
      <colgroup class="no-phone">
        {['pick', 'st', 'nm', 'user', 'bar', 'ac', 'last', 'ver', 'cf'].map((name) => (
          <col key={name} class={`c-${name}`} />
        ))}
      </colgroup>
      <Head order={order} query={query} scale={scale} maySelect={context.maySelect} />
      <tbody role="rowgroup" ref={body} onClick={(event) => onTick(event, order)}>
        <Space height={shown.before} />
        {rows.map((member, i) => (
          <Row key={member.id} member={member} place={shown.first + i + 1} context={context} />
        ))}
        <Space height={shown.after} />
      </tbody>
    </table>
  );
}

interface HeadProps {
  order: readonly Member[];
  query: Query;
  scale: DayScale;
  maySelect: boolean;
}

function Head({ order, query, scale, maySelect }: HeadProps) {
  const isAll = order.length > 0 && order.every((member) => selection.value.has(member.id));
  const column = (key: SortKey, name: string, kind: string) => (
    <SortHead class={kind} isSorted={query.sort === key} descending={query.descending} onSort={() => sortBy(key, query)}>
      {name}
    </SortHead>
  );
  return (
    <thead>
      <tr>
        <th class="pick">
          {maySelect && (
            <input
              type="checkbox"
              class="check"
              aria-label={`Select all ${order.length}`}
              checked={isAll}
              onChange={() => (selection.value = isAll ? new Set() : new Set(order.map((member) => member.id)))}
            />
          )}
        </th>
        {column('state', 'State', 'st')}
        {column('machine', 'Machine', 'nm')}
        {column('user', 'Person', 'user')}
        <th class="bar" scope="col">
          <HoursHead scale={scale} />
        </th>
        {column('active', 'Active', 'num ac')}
        {column('heard', 'Last heard', 'num last')}
        {column('version', 'Version', 'ver')}
        {column('configuration', 'Configuration', 'cf')}
      </tr>
    </thead>
  );
}

let lastTicked = '';

/** Ticks a row; with Shift, all rows from the last one that was ticked. */
function onTick(event: MouseEvent, order: readonly Member[]): void {
  const box = event.target as HTMLElement;
  if (!(box instanceof HTMLInputElement)) return;
  const id = idOf(box)!;
  const next = new Set(selection.value);
  const from = event.shiftKey ? order.findIndex((member) => member.id === lastTicked) : -1;
  const to = order.findIndex((member) => member.id === id);
  const ids = from < 0 ? [id] : order.slice(Math.min(from, to), Math.max(from, to) + 1).map((member) => member.id);
  for (const each of ids) box.checked ? next.add(each) : next.delete(each);
  lastTicked = id;
  selection.value = next;
}

const idOf = (inside: Element | null): string | undefined => inside?.closest<HTMLElement>('tr[data-id]')?.dataset['id'];

/** j and k move the focus through the rows, which may have to be drawn first; x ticks. Enter opens by itself: the focus
    is on the machine's link. */
function useRowKeys(body: { current: HTMLTableSectionElement | null }, order: readonly Member[], height: number): void {
  const last = useRef(-1);
  const go = (by: number) => {
    const focused = idOf(document.activeElement);
    const here = focused === undefined ? last.current : order.findIndex((member) => member.id === focused);
    const to = here < 0 ? firstInSight(body.current!, height) : Math.max(0, Math.min(order.length - 1, here + by));
    const member = order[to];
    if (!member) return;
    last.current = to;
    bringInSight(body.current!, to, height);
    focusRow(body.current!, member.id);
  };
  const tick = () => {
    const row = document.activeElement?.closest('tr[data-id]');
    if (row) row.querySelector<HTMLInputElement>('input')?.click();
  };
  useKeys({ j: () => go(1), k: () => go(-1), x: tick });
}

/** Below what stays on top of the page: the line of context, and the head of the table. */
const onTop = 45 + 32;

function firstInSight(body: HTMLElement, height: number): number {
  return Math.max(0, Math.ceil((onTop - body.getBoundingClientRect().top) / height));
}

function bringInSight(body: HTMLElement, index: number, height: number): void {
  const top = body.getBoundingClientRect().top + index * height;
  if (top < onTop) scrollBy(0, top - onTop);
  else if (top + height > innerHeight) scrollBy(0, top + height - innerHeight);
}

/** Rows are drawn with the frames after scrolling. */
function focusRow(body: HTMLElement, id: string, tries = 10): void {
  const link = body.querySelector<HTMLElement>(`tr[data-id="${CSS.escape(id)}"] a`);
  if (link) link.focus({ preventScroll: true });
  else if (tries > 0) requestAnimationFrame(() => focusRow(body, id, tries - 1));
}
