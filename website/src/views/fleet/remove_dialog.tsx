/** Erases machines, with all that is kept of them. */

import { useState } from 'preact/hooks';
import { ask, segment } from '../../api';
import { counted } from '../../format';
import { Icon } from '../../icons';
import { Dialog } from '../../parts/dialog';
import { RunFooter, RunProgress, useRun } from './bulk_run';
import type { Fleet } from './fleet_data';

interface RemoveDialogProps {
  fleet: Fleet;
  ids: readonly string[];
  onClose: () => void;
  onRemoved: (id: string) => void;
}

const namesShown = 10;

export function RemoveDialog({ fleet, ids, onClose, onRemoved }: RemoveDialogProps) {
  const [typed, setTyped] = useState('');
  const run = useRun(async (id) => {
    await ask(`/api/machines/${segment(id)}`, { method: 'DELETE' });
    onRemoved(id);
  });
  const online = ids.filter((id) => (fleet.members.get(id)?.row.peek().state ?? 'offline') !== 'offline').length;
  return (
    <Dialog
      title={`Remove ${counted(ids.length, 'machine')}`}
      onClose={() => !run.isRunning && onClose()}
      footer={
        <RunFooter
          run={run}
          onClose={onClose}
          first={
            <button
              type="button"
              class="btn risk"
              disabled={typed.trim() !== String(ids.length)}
              onClick={() => void run.start(ids)}
            >
              Erase and remove
            </button>
          }
        />
      }
    >
      <div class="pad remove">
        {run.hasBegun ? (
          <RunProgress run={run} fleet={fleet} done="Removed" />
        ) : (
          <>
            <div class="note bad">
              <Icon name="alert" />
              <div>
                <b>All that is kept of {ids.length === 1 ? 'it' : 'them'} is erased</b>: events, hours, screenshots, labels and
                credentials. It cannot be undone. The audit log keeps that it happened, and who did it.
                {online > 0 && (
                  <>
                    {' '}
                    {counted(online, 'machine')} of these can still be heard: what they send from then on is refused, until they
                    are enrolled anew.
                  </>
                )}
              </div>
            </div>
            <p>
              {ids.slice(0, namesShown).map((id, i) => (
                <span key={id}>
                  {i > 0 && ', '}
                  <bdi>{fleet.nameOf(id)}</bdi>
                </span>
              ))}
              {ids.length > namesShown && <span class="soft"> and {counted(ids.length - namesShown, 'other')}</span>}
            </p>
            <label class="label" for="remove-count">
              How many machines are to be erased? Type {ids.length}.
            </label>
            <input
              class="input"
              id="remove-count"
              inputMode="numeric"
              autocomplete="off"
              value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          </>
        )}
      </div>
    </Dialog>
  );
}
