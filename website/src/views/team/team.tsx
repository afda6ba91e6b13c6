/** /team?from=&to=&group=: several machines by days, with sums. */

import { useEffect, useMemo, useState } from 'preact/hooks';
import { count, counted, dur, isoDay, viewerZone } from '../../format';
import { Icon } from '../../icons';
import { zoneInUrl, ZoneMenu, zoneQuery } from '../../parts/day_context';
import { Figures } from '../../parts/figures';
import { GroupMenu } from '../../parts/group_menu';
import { groupSizes } from '../../parts/groups';
import { useKeys } from '../../parts/keys';
import { Empty, Loaded, SkeletonRows } from '../../parts/resource';
import { Page } from '../../shell/page';
import { setQuery, urlText } from '../../url_state';
import { neighbour, spanAround, spanInUrl, spanTitle } from '../range/span';
import { goTo, SpanPicker } from './span_picker';
import { rowsOf, type SortKey, sortKeys, type Sums, sumsOf, type Team, teamPath, useTeam } from './team_data';
import { TeamTable } from './team_table';

const groupInUrl = urlText('group');
const sortInUrl = urlText('sort', 'name');

export default function TeamView() {
  const span = spanInUrl();
  const zone = zoneInUrl();
  const group = groupInUrl.value;
  const today = isoDay(new Date(), zone ?? viewerZone);
  const team = useTeam(span.from, span.to, zoneQuery(zone));
  const kind = span.kind === 'month' ? 'month' : 'week';
  useKeys({
    ArrowLeft: () => goTo(neighbour(span, -1)),
    ArrowRight: () => span.to < today && goTo(neighbour(span, 1)),
    w: () => goTo(spanAround(span.from, 'week')),
    m: () => goTo(spanAround(span.from, 'month')),
    t: () => goTo(spanAround(today, kind)),
  });
  return (
    <Page
      title="Team"
      context={
        <>
          <h1>Team</h1>
          <TeamGroupMenu team={team.data} group={group} />
          <span class="row no-phone">
            <SpanPicker span={span} today={today} />
          </span>
          <ZoneMenu zone={zone} />
          <span class="grow" />
          <a
            class="btn less"
            href={`${teamPath(span.from, span.to, zoneQuery(zone))}${group ? `&group=${encodeURIComponent(group)}` : ''}&format=csv`}
            download={`team-${span.from}-${span.to}.csv`}
          >
            <Icon name="save" />
            Export
          </a>
          <button type="button" class="btn quiet less no-phone" onClick={() => print()}>
            Print
          </button>
        </>
      }
    >
      <div class="row only-phone phone-span">
        <SpanPicker span={span} today={today} />
      </div>
      <Loaded of={team} what="The team" skeleton={<SkeletonRows rows={12} />}>
        {(loaded) => <TeamBody team={loaded} group={group} zoneQuery={zoneQuery(zone)} today={today} title={spanTitle(span)} />}
      </Loaded>
    </Page>
  );
}

function TeamGroupMenu({ team, group }: { team: Team | undefined; group: string }) {
  const sizes = groupSizes(team?.machines ?? []);
  if (sizes.size === 0 && group === '') return null;
  return (
    <span class="scope">
      <GroupMenu
        sizes={sizes}
        group={group}
        onChoose={(to) => setQuery({ group: to || null })}
        class="btn quiet less"
        label={`Group: ${group || 'all machines'}`}
      >
        <bdi>{group || 'All machines'}</bdi>
      </GroupMenu>
    </span>
  );
}

interface TeamBodyProps {
  team: Team;
  group: string;
  zoneQuery: string;
  today: string;
  title: string;
}

function TeamBody({ team, group, zoneQuery, today, title }: TeamBodyProps) {
  const [key, descending] = sortOf(sortInUrl.value);
  const rows = useMemo(() => rowsOf(team, group, key, descending), [team, group, key, descending]);
  const sums = useMemo(() => sumsOf(rows, team.dates.length), [rows]);
  const isPrinting = usePrinting();
  const sortBy = (to: SortKey) => {
    const isDown = key === to ? !descending : to !== 'name';
    setQuery({ sort: to === 'name' && !isDown ? null : (isDown ? '-' : '') + to });
  };
  if (rows.length === 0)
    return (
      <Empty
        title={group === '' ? 'No machine is shared with you' : 'No machine is in this group'}
        action={
          group !== '' && (
            <button type="button" class="btn" onClick={() => setQuery({ group: null })}>
              Show all machines
            </button>
          )
        }
      />
    );
  return (
    <>
      <h2 class="print-title">
        Team, {title}
        {group && `, ${group}`}
      </h2>
      <TeamFigures sums={sums} machines={rows.length} days={team.dates.filter((date) => date <= today).length} />
      <TeamTable
        team={team}
        rows={rows}
        sums={sums}
        sort={key}
        descending={descending}
        onSort={sortBy}
        zoneQuery={zoneQuery}
        today={today}
        isWhole={isPrinting}
      />
      <p class="team-note">
        Days are those of {zoneQuery ? 'the zone above' : "each machine's own clock"}. A tinted cell was not observed. What looks
        scripted is hatched, and not in the sums: a lead, not proof; the day says why.
      </p>
    </>
  );
}

function sortOf(text: string): [SortKey, boolean] {
  const key = text.replace(/^-/, '') as SortKey;
  return [sortKeys.includes(key) ? key : 'name', text.startsWith('-')];
}

function TeamFigures({ sums, machines, days }: { sums: Sums; machines: number; days: number }) {
  return (
    <Figures
      label="Sums of the team"
      figures={[
        { name: 'Active, all together', value: dur(sums.active / 60), detail: counted(days, 'day') },
        { name: 'Mean of a day', value: dur(sums.mean / 60), detail: 'of a machine, on days with activity' },
        {
          name: 'Machines',
          value: `${count(sums.machines)} of ${count(machines)}`,
          detail: 'with activity',
        },
        { name: 'Scripted', value: dur(sums.scripted / 60), detail: 'a lead, not proof' },
      ]}
    />
  );
}

/** A printer gets all rows, not only those in sight. */
function usePrinting(): boolean {
  const [isPrinting, setIsPrinting] = useState(false);
  useEffect(() => {
    const begin = () => setIsPrinting(true);
    const end = () => setIsPrinting(false);
    addEventListener('beforeprint', begin);
    addEventListener('afterprint', end);
    return () => {
      removeEventListener('beforeprint', begin);
      removeEventListener('afterprint', end);
    };
  }, []);
  return isPrinting;
}
