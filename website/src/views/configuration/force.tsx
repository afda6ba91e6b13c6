/** How far the version in force is: a bar, words, and the machines that are not as wanted. */

import { segment } from '../../api';
import { clock, count, counted, day, viewerZone } from '../../format';
import { Icon } from '../../icons';
import { Dialog } from '../../parts/dialog';
import { urlFlag } from '../../url_state';
import { type ConfiguredMachine, machineName, machinesOf, originOf, type Scope, type World } from './model';
import { compareStates, countStates, shownState, signs, stateWords, whyNot } from './state';
import { Track } from './track';

const isListed = urlFlag('machines');

export function InForce({ world, scope }: { world: World; scope: Scope }) {
  const machines = machinesOf(world, scope);
  const counts = countStates(machines);
  const odd = machines.filter((machine) => machine.state !== 'applied' || machine.left_out.length);
  const made = originOf(world, scope);
  const { version } = world.configuration;
  return (
    <div class="force">
      <span class="cut">
        {made ? (
          <>
            Version {made.version}, by <bdi>{made.by}</bdi>, {day(made.at, viewerZone)}
          </>
        ) : (
          'Nothing is set here yet'
        )}
      </span>
      {machines.length > 0 && (
        <>
          <Track
            label={`Version ${version} on ${counted(machines.length, 'machine')}: ${stateWords(counts)}`}
            done={counts.applied}
            open={counts.pending + counts.offline}
            bad={counts.refused + counts.reverted + counts.needs_restart}
          />
          <span class="cut">{stateWords(counts)}</span>
        </>
      )}
      {machines.length === 0 && (
        <span class="cut">{scope.kind === 'group' ? 'No machine is in this group' : 'No machine has sent anything yet'}</span>
      )}
      {odd.length > 0 && (
        <button type="button" class="link show-odd" onClick={() => isListed.set(true)}>
          Show the {count(odd.length)}
        </button>
      )}
      {isListed.value && (
        <MachineList title="Machines that are not as wanted" machines={odd} onClose={() => isListed.set(false)} />
      )}
    </div>
  );
}

/** Machines that are listed: who has more of them has one cause, which these show. */
const mostListed = 200;

function MachineList({
  title,
  machines,
  onClose,
}: {
  title: string;
  machines: readonly ConfiguredMachine[];
  onClose: () => void;
}) {
  const sorted = [...machines].sort((a, b) => compareStates(a, b) || machineName(a).localeCompare(machineName(b)));
  return (
    <Dialog title={title} onClose={onClose} class="wide">
      <div class="pad">
        <div class="box" tabIndex={0} role="group" aria-label="Machines">
          <table class="tbl wrap stack odd" role="table">
            <thead>
              <tr>
                <th>State</th>
                <th>Machine</th>
                <th>Why</th>
                <th class="num">Last asked</th>
              </tr>
            </thead>
            <tbody>
              {sorted.slice(0, mostListed).map((machine) => (
                <tr key={machine.machine_id} role="row">
                  <td role="cell">
                    <StateOf machine={machine} />
                  </td>
                  <td role="cell">
                    <a href={`/machines/${segment(machine.machine_id)}/configuration`} onClick={onClose}>
                      <bdi>{machineName(machine)}</bdi>
                    </a>
                  </td>
                  <td class="lead soft" role="cell">
                    {whyNot(machine)}
                  </td>
                  <td class="num soft" role="cell">
                    {asked(machine.asked_at)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {sorted.length > mostListed && <p class="hint">{count(sorted.length - mostListed)} more</p>}
      </div>
    </Dialog>
  );
}

/** "15:04", or the day if it was another. */
function asked(at: string | null): string {
  if (at === null) return 'never';
  return day(at, viewerZone) === day(new Date(), viewerZone) ? clock(at, viewerZone) : day(at, viewerZone);
}

function StateOf({ machine }: { machine: ConfiguredMachine }) {
  const shown = shownState(machine);
  const isLess = shown === 'applied' && machine.left_out.length > 0;
  const sign = signs[shown];
  return (
    <span class={`row sign ${sign.isBad ? 'bad' : ''}`}>
      <Icon name={sign.icon} />
      {isLess ? `Applied, ${machine.left_out.length} left out` : sign.word}
    </span>
  );
}
