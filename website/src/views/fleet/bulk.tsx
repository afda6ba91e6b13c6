/** What can be done with the machines that are ticked. */

import { useState } from 'preact/hooks';
import { count } from '../../format';
import { Icon } from '../../icons';
import { lazy } from '../../parts/lazy';
import { mayConfigure, me } from '../../session';
import { exportRows } from './export';
import type { Fleet, Member } from './fleet_data';
import { selection } from './row';

const ConfigureDialog = lazy(() => import('./configure_dialog').then((file) => file.ConfigureDialog));
const MoveDialog = lazy(() => import('./move_dialog').then((file) => file.MoveDialog));
const RemoveDialog = lazy(() => import('./remove_dialog').then((file) => file.RemoveDialog));

type Act = 'move' | 'configure' | 'remove';

export function BulkBar({ fleet, order }: { fleet: Fleet; order: readonly Member[] }) {
  const [act, setAct] = useState<Act | null>(null);
  const [ids, setIds] = useState<readonly string[]>([]);
  const chosen = [...selection.value].filter((id) => fleet.members.has(id));
  const open = (what: Act) => {
    setIds(chosen);
    setAct(what);
  };
  const close = () => setAct(null);
  return (
    <>
      {chosen.length > 0 && (
        <div class="bulk" role="region" aria-label="Ticked machines">
          <b role="status">{count(chosen.length)} ticked</b>
          <Unseen chosen={chosen} order={order} />
          <span class="grow" />
          {mayConfigure() && (
            <>
              <button type="button" class="btn less" onClick={() => open('move')}>
                <Icon name="sliders" />
                Move to group…
              </button>
              <button type="button" class="btn less" onClick={() => open('configure')}>
                Configure…
              </button>
            </>
          )}
          <button type="button" class="btn less" onClick={() => exportRows(chosen.map((id) => fleet.members.get(id)!))}>
            Export
          </button>
          {me.value?.role === 'admin' && (
            <button type="button" class="btn less risk" onClick={() => open('remove')}>
              Remove…
            </button>
          )}
          <button type="button" class="btn quiet less icon" aria-label="Tick none" onClick={() => (selection.value = new Set())}>
            <Icon name="x" />
          </button>
        </div>
      )}
      {act === 'move' && <MoveDialog fleet={fleet} ids={ids} onClose={close} />}
      {act === 'configure' && <ConfigureDialog fleet={fleet} ids={ids} onClose={close} onMove={() => setAct('move')} />}
      {act === 'remove' && (
        <RemoveDialog
          fleet={fleet}
          ids={ids}
          onClose={() => {
            close();
            fleet.loads.value++;
          }}
          onRemoved={untick}
        />
      )}
    </>
  );

  function untick(id: string) {
    selection.value = new Set([...selection.value].filter((each) => each !== id));
    fleet.remove(id);
  }
}

/** An act reaches what is ticked, also what a filter hides meanwhile: that is said. */
function Unseen({ chosen, order }: { chosen: readonly string[]; order: readonly Member[] }) {
  const shown = new Set(order.map((member) => member.id));
  const unseen = chosen.filter((id) => !shown.has(id)).length;
  return unseen > 0 ? <span class="soft">{count(unseen)} of them not in this list</span> : null;
}
