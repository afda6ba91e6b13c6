/** The one zone of all rows. */

import { viewerZone } from '../../format';
import { Icon } from '../../icons';
import { Menu } from '../../parts/menu';
import { setQuery } from '../../url_state';
import type { Fleet } from './fleet_data';

/** Those of most machines; the URL takes any. */
const zonesShown = 12;

export function FleetZoneMenu({ fleet, zone }: { fleet: Fleet; zone: string }) {
  const choices = [...new Set([viewerZone, 'UTC', ...zonesOf(fleet), zone])];
  return (
    <span class="no-phone">
      <Menu
        class="btn quiet less"
        label={`Zone of all rows: ${zone}`}
        button={
          <>
            <Icon name="globe" />
            <span class="tl">{zone}</span>
            <Icon name="down" class="end" />
          </>
        }
        items={choices.map((choice) => ({
          label: choice === viewerZone ? `Yours, ${choice}` : choice,
          checked: choice === zone,
          act: () => setQuery({ tz: choice === viewerZone ? null : choice, date: null }),
        }))}
      />
    </span>
  );
}

function zonesOf(fleet: Fleet): string[] {
  const sizes = new Map<string, number>();
  for (const member of fleet.members.values()) {
    const zone = member.row.peek().timezone;
    if (zone) sizes.set(zone, (sizes.get(zone) ?? 0) + 1);
  }
  return [...sizes]
    .sort(([, a], [, b]) => b - a)
    .slice(0, zonesShown)
    .map(([zone]) => zone);
}

/** By how many minutes a zone's clock is ahead of UTC at a time, in ms since 1970. */
export function offsetMinutes(zone: string, time: number): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(time);
  const text = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const found = /GMT([+-])(\d{2}):(\d{2})/.exec(text);
  return found ? (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3])) : 0;
}
