/** Puts machines into a group, whose settings they then have. */

import { useState } from 'preact/hooks';
import { ask, segment } from '../../api';
import { counted } from '../../format';
import { ActError, useAct } from '../../parts/act';
import { Dialog } from '../../parts/dialog';
import { groupName, tally } from '../../parts/groups';
import { useResource } from '../../parts/resource';
import { RunFooter, RunProgress, useRun } from './bulk_run';
import { sentence } from '../../shell/failed';
import type { Fleet } from './fleet_data';
import { sizesIn } from './tools';

interface MoveDialogProps {
  fleet: Fleet;
  ids: readonly string[];
  onClose: () => void;
}

interface ConfigurationGroups {
  groups: { group: string; settings: Record<string, unknown>; machines: number }[];
}

const noGroup = '';
const newGroup = '\0new';

export function MoveDialog({ fleet, ids, onClose }: MoveDialogProps) {
  const [choice, setChoice] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [keepsOthers, setKeepsOthers] = useState(false);
  const making = useAct();
  const known = useResource('/api/configuration', (signal) => ask<ConfigurationGroups>('/api/configuration', { signal }));
  const sizes = sizesIn(fleet);
  const names = [...new Set([...(known.data?.groups ?? []).map(({ group }) => group), ...sizes.keys()])];
  const target = choice === newGroup ? name : choice;
  const isGood = target === noGroup || (target !== null && groupName.test(target));

  const run = useRun(async (id) => {
    const groups = groupsAfter(fleet.groupsOf(id), target!, keepsOthers);
    await ask(`/api/machines/${segment(id)}/configuration`, { method: 'PUT', body: { groups } });
    fleet.patch(id, (row) => ({ ...row, groups }));
  });
  const start = async () => {
    const isNew = choice === newGroup && !names.includes(name);
    const make = () => ask<void>(`/api/configuration/groups/${segment(name)}`, { method: 'PUT', body: { settings: {} } });
    if (!isNew || (await making.run(make))) await run.start(ids);
  };
  return (
    <Dialog
      title="Move to a group"
      aside={<span class="soft">{counted(ids.length, 'machine')}</span>}
      onClose={() => !run.isRunning && onClose()}
      footer={
        <RunFooter
          run={run}
          onClose={onClose}
          first={
            <button type="button" class="btn first" disabled={!isGood || making.isRunning} onClick={() => void start()}>
              Move {counted(ids.length, 'machine')}
            </button>
          }
        />
      }
    >
      <div class="pad">
        <ActError of={making} />
        {run.hasBegun ? (
          <RunProgress run={run} fleet={fleet} done="Moved" />
        ) : (
          <fieldset class="choices">
            <legend class="label">To which group?</legend>
            {names.map((group) => (
              <Choice key={group} value={group} chosen={choice} onChoose={setChoice}>
                <bdi>{group}</bdi> <span class="soft">{counted(sizes.get(group) ?? 0, 'machine')}</span>
              </Choice>
            ))}
            <Choice value={noGroup} chosen={choice} onChoose={setChoice}>
              No group: the defaults alone
            </Choice>
            <Choice value={newGroup} chosen={choice} onChoose={setChoice}>
              A new group
            </Choice>
            {choice === newGroup && (
              <input
                class="input"
                aria-label="Name of the new group"
                placeholder="letters, digits, . _ -"
                value={name}
                maxLength={64}
                aria-invalid={name !== '' && !groupName.test(name)}
                onInput={(event) => setName(event.currentTarget.value)}
              />
            )}
            {target !== noGroup && (
              <label class="row keep">
                <input
                  type="checkbox"
                  class="check"
                  checked={keepsOthers}
                  onChange={(event) => setKeepsOthers(event.currentTarget.checked)}
                />
                They stay in their other groups, too
              </label>
            )}
            {isGood && <Consequence fleet={fleet} ids={ids} target={target!} keepsOthers={keepsOthers} />}
          </fieldset>
        )}
      </div>
    </Dialog>
  );
}

interface ChoiceProps {
  value: string;
  chosen: string | null;
  onChoose: (value: string) => void;
  children: preact.ComponentChildren;
}

function Choice({ value, chosen, onChoose, children }: ChoiceProps) {
  return (
    <label class="row">
      <input type="radio" class="check" name="group" checked={chosen === value} onChange={() => onChoose(value)} />
      <span class="cut">{children}</span>
    </label>
  );
}

function groupsAfter(before: readonly string[], target: string, keepsOthers: boolean): string[] {
  if (target === noGroup) return [];
  return keepsOthers ? [...before.filter((group) => group !== target), target] : [target];
}

/** What the move does, before it is done. */
function Consequence({
  fleet,
  ids,
  target,
  keepsOthers,
}: {
  fleet: Fleet;
  ids: readonly string[];
  target: string;
  keepsOthers: boolean;
}) {
  const moves = ids.map((id) => {
    const before = fleet.groupsOf(id);
    return { before, after: groupsAfter(before, target, keepsOthers) };
  });
  const leaves = tally(moves.flatMap(({ before, after }) => before.filter((group) => !after.includes(group))));
  const already = moves.filter(
    ({ before, after }) => before.length === after.length && after.every((group) => before.includes(group)),
  ).length;
  const left = [...leaves].map(([group, n]) => `out of ${group}: ${n}`);
  if (already > 0) left.push(`unchanged: ${already}`);
  return (
    <div class="note">
      <div>
        {left.length > 0 && <>{sentence(left.join(', '))} </>}
        Each agent gets the settings of {target === noGroup ? 'the defaults alone' : <bdi>{target}</bdi>} within about a minute,
        or when it is back. What a machine does not let a server loosen is left out there, and its person can see what was
        changed, and by whom.
      </div>
    </div>
  );
}
