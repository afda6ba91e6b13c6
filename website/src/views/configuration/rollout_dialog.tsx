/** A rollout while it is under way: its waves, what went wrong, and what a person can do. */

import type { ComponentChildren } from 'preact';
import { ask, segment } from '../../api';
import { clock, count, counted, viewerZone } from '../../format';
import { Icon } from '../../icons';
import { ActError, useAct } from '../../parts/act';
import { Dialog } from '../../parts/dialog';
import { LiveDot } from '../../parts/live_dot';
import type { Resource } from '../../parts/resource';
import { sentence } from '../../shell/failed';
import { machineCalled, type World } from './model';
import { type Failure, isUnderWay, type LatestRollout, type Rollout, type Wave, waveWords } from './rollout';
import { Track } from './track';

interface RolloutDialogProps {
  world: World;
  of: Resource<LatestRollout>;
  onClose: () => void;
  /** The configuration is another now. */
  onChanged: () => void;
}

export function RolloutDialog({ world, of, onClose, onChanged }: RolloutDialogProps) {
  const act = useAct();
  const rollout = of.data?.rollout;
  if (!rollout) return null;
  const decide = (action: 'continue' | 'hold' | 'abandon') => async () => {
    await act.run(async () => {
      const now = await ask<LatestRollout>('/api/configuration/rollout', {
        method: 'POST',
        body: { action, version: rollout.version },
      });
      of.patch(() => now);
      onChanged();
    });
    of.retry();
  };
  return (
    <Dialog
      title={titleOf(rollout)}
      aside={isUnderWay(rollout) && <LiveDot />}
      closeLabel={isUnderWay(rollout) ? 'Close, the rollout goes on' : 'Close'}
      onClose={onClose}
      footer={<Buttons rollout={rollout} isBusy={act.isRunning} decide={decide} onClose={onClose} />}
    >
      <div class="pad rollout" aria-live="polite">
        <ActError of={act} />
        <Standing rollout={rollout} />
        <div class="waves">
          {rollout.waves.map((wave, index) =>
            wave.machines > 0 ? <WaveCell key={index} wave={wave} index={index} rollout={rollout} /> : null,
          )}
        </div>
        {rollout.failures.length > 0 && <Failures world={world} failures={rollout.failures} />}
      </div>
    </Dialog>
  );
}

function titleOf({ version, state }: Rollout): string {
  if (state === 'done') return `Version ${version} is rolled out`;
  return state === 'abandoned' ? `Version ${version} was taken back` : `Version ${version} is rolling out`;
}

function Standing({ rollout }: { rollout: Rollout }) {
  const wave = waveWords[rollout.wave - 1] ?? '';
  if (rollout.state === 'held')
    return (
      <Note icon="pause" isBad>
        <b>Held at the {wave} wave.</b> {sentence(rollout.reason ?? '')} Nothing more is sent until you decide.
      </Note>
    );
  if (rollout.state === 'running')
    return (
      <Note icon="play">
        <b>The {wave} wave is under way.</b>{' '}
        {rollout.reason
          ? sentence(rollout.reason)
          : rollout.wave_ends_at && rollout.wave < rollout.waves.length
            ? `It goes on by itself at ${clock(rollout.wave_ends_at, viewerZone)}, if no more than 2 % refuse, revert or fall silent.`
            : ''}
      </Note>
    );
  return (
    <Note icon={rollout.state === 'done' ? 'check' : 'undo'}>
      {rollout.state === 'done' ? 'All machines are sent it.' : 'What it changed is as it was before, by a later version.'}
    </Note>
  );
}

function Note({
  icon,
  isBad,
  children,
}: {
  icon: 'pause' | 'play' | 'check' | 'undo';
  isBad?: boolean;
  children: ComponentChildren;
}) {
  return (
    <div class={`note ${isBad ? 'bad' : ''}`}>
      <Icon name={icon} />
      <div class="grow">{children}</div>
    </div>
  );
}

function WaveCell({ wave, index, rollout }: { wave: Wave; index: number; rollout: Rollout }) {
  const isLast = index === rollout.waves.length - 1;
  const isBegun = index < rollout.wave;
  const name =
    index === 0
      ? `First ${wave.machines}`
      : isLast
        ? `All, ${count(wave.machines)} more`
        : `10 %, ${counted(wave.machines, 'machine')}`;
  const words = isBegun ? wordsOfWave(wave) : 'not begun';
  return (
    <div>
      <b>{name}</b>
      <Track
        label={`${name}: ${words}`}
        done={isBegun ? wave.applied : 0}
        open={isBegun ? wave.pending + wave.offline : 0}
        bad={isBegun ? wave.refused + wave.reverted + wave.silent : 0}
      />
      <small>{words}</small>
    </div>
  );
}

function wordsOfWave(wave: Wave): string {
  const parts: [number, string][] = [
    [wave.applied, 'applied'],
    [wave.pending, 'not yet'],
    [wave.offline, 'offline'],
    [wave.refused, 'refused'],
    [wave.reverted, 'reverted'],
    [wave.silent, 'silent'],
  ];
  const said = parts.filter(([machines]) => machines > 0).map(([machines, word]) => `${count(machines)} ${word}`);
  return said.join(' · ');
}

function Failures({ world, failures }: { world: World; failures: readonly Failure[] }) {
  const words = { refused: 'Refused', reverted: 'Reverted', silent: 'Silent' } as const;
  const icons = { refused: 'x', reverted: 'undo', silent: 'wait' } as const;
  return (
    <>
      <h3>What went wrong</h3>
      <div class="box" tabIndex={0} role="group" aria-label="What went wrong">
        <table class="tbl wrap stack" role="table">
          <tbody>
            {failures.map((failure) => (
              <tr key={failure.machine_id} role="row">
                <td role="cell">
                  <span class="row sign bad">
                    <Icon name={icons[failure.state]} />
                    {words[failure.state]}
                  </span>
                </td>
                <td role="cell">
                  <a href={`/machines/${segment(failure.machine_id)}/configuration`}>
                    <bdi>{machineCalled(failure.machine_id, world.machines)}</bdi>
                  </a>
                </td>
                <td class="lead" role="cell">
                  {failure.key && <code>{failure.key}</code>}{' '}
                  <span class="soft">{failure.reason ?? 'was told, and has said nothing of it'}</span>
                </td>
                <td class="num soft" role="cell">
                  {clock(failure.at, viewerZone)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

interface ButtonsProps {
  rollout: Rollout;
  isBusy: boolean;
  decide: (action: 'continue' | 'hold' | 'abandon') => () => Promise<void>;
  onClose: () => void;
}

/** What the button says that begins the next wave, or goes on in the last. */
function onward({ state, wave, waves }: Rollout): string {
  const isLast = wave === waves.length;
  if (state === 'running') return isLast ? 'End it now' : 'Next wave now';
  return wave === waves.length - 1 ? 'Go on with all' : 'Go on';
}

/** A rollout that is held proposes nothing: none of these is the primary button. */
function Buttons({ rollout, isBusy, decide, onClose }: ButtonsProps) {
  if (!isUnderWay(rollout))
    return (
      <>
        <span class="grow" />
        <button type="button" class="btn" onClick={onClose}>
          Close
        </button>
      </>
    );
  const isHeld = rollout.state === 'held';
  return (
    <>
      <button type="button" class="btn risk" disabled={isBusy} onClick={decide('abandon')}>
        Take back to {rollout.version - 1}
      </button>
      <span class="grow" />
      {isHeld ? (
        <button type="button" class="btn" onClick={onClose}>
          Leave it held
        </button>
      ) : (
        <button type="button" class="btn" disabled={isBusy} onClick={decide('hold')}>
          Hold now
        </button>
      )}
      <button type="button" class="btn" disabled={isBusy} onClick={decide('continue')}>
        {onward(rollout)}
      </button>
    </>
  );
}
