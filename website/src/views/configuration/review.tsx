/** The review before saving: what changes, on how many machines, who forbids it, who is told, and how it goes out. */

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { ApiError, ask } from '../../api';
import { counted } from '../../format';
import { Icon } from '../../icons';
import { ActError, useAct } from '../../parts/act';
import { Dialog } from '../../parts/dialog';
import { me } from '../../session';
import { changesIn, type Draft, setDraft, withDraft } from './drafts';
import { type Effect, layerOf, machineCalled, type Scope, scopeApi, scopeName, settingOf, type Trial, type World } from './model';
import { type Source, sourceOf } from './origin';
import { looserWord, type Value, type Values, wordsOf } from './settings';
import { bodyOf, reasonsIn, useTrial } from './trial';

/** How long each wave is watched before the next one begins. */
const waveSec = 300;

export interface Saved {
  version: number;
  values: Values;
  groups: readonly string[] | undefined;
  inWaves: boolean;
}

interface ReviewProps {
  world: World;
  scope: Scope;
  draft: Draft;
  onClose: () => void;
  onSaved: (saved: Saved) => void;
  /** Of the version that goes out in waves: one at a time does. */
  underWay: number | null;
  /** Somebody else has saved the scope meanwhile. */
  onStale: () => void;
  onRefused: (reasons: Readonly<Record<string, string>>) => void;
}

export function Review({ world, scope, draft, underWay, onClose, onSaved, onStale, onRefused }: ReviewProps) {
  const mayRoll = me.value?.role === 'admin' && scope.kind !== 'machine' && underWay === null;
  const tried = useTrial(world, scope, draft, mayRoll);
  const [isAtOnce, setAtOnce] = useState(!mayRoll);
  const act = useAct();
  const { trial } = tried;
  const waves = trial?.waves ?? [];
  const hasWaves = mayRoll && waves.filter((machines) => machines > 0).length > 1;
  const inWaves = hasWaves && !isAtOnce;

  const save = () =>
    act.run(async () => {
      const body = {
        ...bodyOf(world, scope, draft),
        ...(draft.note ? { note: draft.note } : {}),
        ...(inWaves ? { rollout: { wave_sec: waveSec } } : {}),
      };
      const values = withDraft(layerOf(world, scope).values, draft);
      try {
        const { version } = await ask<{ version: number }>(scopeApi(scope), { method: 'PUT', body, ifMatch: `"${draft.base}"` });
        onSaved({ version, values, groups: draft.groups, inWaves });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const reasons = reasonsIn(error);
        if (error.status === 412) return onStale();
        if (reasons) return onRefused(reasons);
        throw error;
      }
    });

  const name = scopeName(scope, world.machines);
  const groups = draft.groups ?? world.own?.groups ?? [];
  const below = (key: string) => {
    const setting = settingOf(world, key);
    return setting && sourceOf(world, scope, setting, {}, groups);
  };
  return (
    <Dialog
      title={
        <>
          Save <bdi>{name}</bdi> as version {world.configuration.version + 1}
        </>
      }
      onClose={onClose}
      footer={
        <>
          <span class="soft small no-phone">Can be taken back: the history restores any version</span>
          <span class="grow" />
          <button type="button" class="btn" onClick={onClose}>
            Back
          </button>
          <button type="button" class="btn first" disabled={act.isRunning || !trial} onClick={() => void save()}>
            {inWaves ? 'Save and begin' : 'Save'}
          </button>
        </>
      }
    >
      <div class="pad review">
        <ActError of={act} />
        {tried.problem && (
          <div class="note bad" role="alert">
            <Icon name="alert" />
            <div class="grow">{tried.problem.detail}</div>
          </div>
        )}
        <h3>{counted(changesIn(draft), 'change')}</h3>
        {trial ? <Diff world={world} effects={trial.effects} below={below} /> : <div class="skel diff-skel" aria-busy="true" />}
        {trial && <Consequences world={world} trial={trial} />}
        {underWay !== null && scope.kind !== 'machine' && (
          <p class="hint">
            Version {underWay} is rolling out: till that has ended, another one goes to all its machines at once.
          </p>
        )}
        {hasWaves && <Rollout waves={waves} isAtOnce={isAtOnce} onAtOnce={setAtOnce} />}
        <label class="label" for="note">
          Why <span class="soft">(stays in the history; people see it)</span>
        </label>
        <input
          class="input"
          id="note"
          maxLength={500}
          value={draft.note}
          onInput={(event) => setDraft(scope, { ...draft, note: event.currentTarget.value })}
        />
      </div>
    </Dialog>
  );
}

interface DiffProps {
  world: World;
  effects: readonly Effect[];
  /** What holds where the scope says nothing, and which layer says so; not known of several scopes. */
  below?: (key: string) => Source | undefined;
}

/** What changes, key by key. */
export function Diff({ world, effects, below }: DiffProps) {
  const words = (key: string, value: Value | null) => {
    const under = value === null ? below?.(key) : undefined;
    const setting = settingOf(world, key);
    return under
      ? `${wordsOf(setting, under.value)}, ${under.name === 'Built-in' ? 'built-in' : `from ${under.name}`}`
      : wordsOf(setting, value);
  };
  return (
    <div class="box" tabIndex={0} role="group" aria-label="What changes">
      <table class="tbl diff wrap stack" role="table">
        <thead>
          <tr>
            <th>Setting</th>
            <th>Now</th>
            <th>Then</th>
            <th class="num">Changes on</th>
          </tr>
        </thead>
        <tbody>
          {effects.map((effect) => {
            const isLoose = effect.left_out + effect.loosened > 0;
            return (
              <tr key={effect.key} role="row" class={isLoose ? 'loosens' : undefined}>
                <td class="lead" role="cell">
                  <code>{effect.key}</code>
                </td>
                <td role="cell">
                  <del>{words(effect.key, effect.from)}</del>
                </td>
                <td role="cell">
                  <ins>{words(effect.key, effect.to)}</ins> {isLoose && <span class="chip loose">{looserWord(effect.key)}</span>}
                </td>
                <td class="num" role="cell">
                  {effect.left_out
                    ? `${effect.wanted - effect.left_out} of ${effect.wanted}`
                    : counted(effect.changes, 'machine')}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Whom it does not reach, who forbids it, and who is told. */
export function Consequences({ world, trial }: { world: World; trial: Trial }) {
  const { effects, left_out, loosened } = trial;
  const overridden = Math.max(0, ...effects.map((effect) => effect.machines - effect.wanted));
  const kept = effects.filter((effect) => effect.left_out > 0);
  const rest = effects.filter((effect) => effect.left_out === 0);
  return (
    <>
      {overridden > 0 && effects.length > 0 && (
        <p class="hint">
          Up to {counted(overridden, 'machine')} {overridden === 1 ? 'has a value of its' : 'have values of their'} own for{' '}
          {effects.length === 1 ? 'it' : 'some of these'}, by a later group or by itself, and{' '}
          {overridden === 1 ? 'keeps that' : 'keep those'}.
        </p>
      )}
      {left_out.count > 0 && (
        <>
          <h3>{counted(left_out.count, 'machine does', 'machines do')} not let a server loosen privacy</h3>
          <p class="kept">
            <Icon name="lock" />
            <span>
              {kept.length === 1 ? 'This value is' : 'These values are'} left out for {left_out.count === 1 ? 'it' : 'them'}:{' '}
              {keys(kept)}.
              <small>
                {rest.length > 0 && <>They take {keys(rest)}. </>}
                {kept.length === 1 ? 'For it' : 'For these'} they go by what they have by themselves. Only a file on the machine
                can allow more.
              </small>
            </span>
          </p>
          <details>
            <summary>Which machines</summary>
            <Names world={world} ids={left_out.machines} of={left_out.count} />
          </details>
        </>
      )}
      {loosened.count > 0 && (
        <p class="hint">
          {loosened.count === 1 ? 'The person whose machine allows' : `The ${loosened.count} people whose machines allow`} it{' '}
          {loosened.count === 1 ? 'is' : 'are'} told on their desktop: what changed, and when.
        </p>
      )}
    </>
  );
}

const keys = (effects: readonly Effect[]): ComponentChildren =>
  effects.map((effect, index) => (
    <>
      {index > 0 && (index === effects.length - 1 ? ' and ' : ', ')}
      <code>{effect.key}</code>
    </>
  ));

function Names({ world, ids, of }: { world: World; ids: readonly string[]; of: number }) {
  return (
    <p class="names small">
      {ids.map((id, index) => (
        <>
          {index > 0 && ', '}
          <bdi key={id}>{machineCalled(id, world.machines)}</bdi>
        </>
      ))}
      {of > ids.length && ` and ${of - ids.length} more`}
    </p>
  );
}

interface RolloutChoiceProps {
  waves: readonly number[];
  isAtOnce: boolean;
  onAtOnce: (isAtOnce: boolean) => void;
}

function Rollout({ waves, isAtOnce, onAtOnce }: RolloutChoiceProps) {
  const first = waves.filter((machines) => machines > 0);
  const words = first.map((machines, index) =>
    index === first.length - 1 ? 'all' : index ? String(machines) : counted(machines, 'machine'),
  );
  return (
    <fieldset>
      <legend>Rollout</legend>
      <label class="opt">
        <input type="radio" class="check" name="rollout" checked={!isAtOnce} onChange={() => onAtOnce(false)} />
        <span>
          In waves: {words.join(', then ')}
          <small>Goes on by itself after {waveSec / 60} min; holds when more than 2 % refuse, revert or fall silent</small>
        </span>
      </label>
      <label class="opt">
        <input type="radio" class="check" name="rollout" checked={isAtOnce} onChange={() => onAtOnce(true)} />
        <span>All at once</span>
      </label>
    </fieldset>
  );
}
