/** The one zone of all rows. */

import { viewerZone } from '../../format';
import { Icon } from '../../icons';
import { tally } from '../../parts/groups';
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
  const zones = [...fleet.members.values()].map((member) => member.row.peek().timezone);
  return [...tally(zones.filter(Boolean))]
    .sort(([, a], [, b]) => b - a)
    .slice(0, zonesShown)
    .map(([zone]) => zone);
}
