/** Settings belong to all machines, to a group, or to one machine: what fits those that are ticked. */

import { segment } from '../../api';
import { count, counted } from '../../format';
import { Dialog } from '../../parts/dialog';
import { tally } from '../../parts/groups';
import type { Fleet } from './fleet_data';
import { nameOf } from './order';
import { sizesIn } from './tools';

interface ConfigureDialogProps {
  fleet: Fleet;
  ids: readonly string[];
  onClose: () => void;
  /** To put them into a group of their own first. */
  onMove: () => void;
}

export function ConfigureDialog({ fleet, ids, onClose, onMove }: ConfigureDialogProps) {
  const sizes = sizesIn(fleet);
  const groups = [...tally(ids.flatMap((id) => fleet.groupsOf(id)))].sort(([, a], [, b]) => b - a);
  const only = ids.length === 1 ? fleet.members.get(ids[0]!)?.row.peek() : undefined;
  return (
    <Dialog
      title="Configure"
      aside={<span class="soft">{counted(ids.length, 'machine')}</span>}
      onClose={onClose}
      footer={
        <>
          <span class="grow" />
          <button type="button" class="btn" onClick={onClose}>
            Back
          </button>
          <button type="button" class="btn first" onClick={onMove}>
            Move to a group…
          </button>
        </>
      }
    >
      <div class="pad scopes">
        <p>
          Settings are those of all machines, of a group, or of one machine. Nothing changes before you save there, and see whom
          it reaches.
        </p>
        <ul>
          {only && (
            <li>
              <a href={`/machines/${segment(only.machine_id)}/configuration`}>
                This machine, <bdi>{nameOf(only)}</bdi>
              </a>
            </li>
          )}
          {groups.map(([group, n]) => (
            <li key={group}>
              <a href={`/configuration/${segment(group)}`}>
                Group <bdi>{group}</bdi>
              </a>
              <span class="soft">
                {' '}
                {n} of those ticked are in it; it reaches {counted(sizes.get(group) ?? n, 'machine')}
              </span>
            </li>
          ))}
          <li>
            <a href="/configuration">All machines</a>
            <span class="soft"> the defaults; reaches all {count(fleet.members.size)}</span>
          </li>
        </ul>
        {ids.length > 1 && <p class="soft">To set something for exactly these, put them into a group of their own first.</p>}
      </div>
    </Dialog>
  );
}
