/** The part of the page that is about one scope: how far it is in force, its form, and what leads to a save. */

import { useState } from 'preact/hooks';
import { Icon } from '../../icons';
import { lazy } from '../../parts/lazy';
import type { Resource } from '../../parts/resource';
import { me } from '../../session';
import { urlFlag } from '../../url_state';
import { draftOf, setDraft } from './drafts';
import { InForce } from './force';
import { Form, showSetting } from './form';
import { MachineState } from './machine';
import { layerOf, type Scope, withLayer, type World } from './model';
import type { Saved } from './review';
import { isUnderWay, type Rollout, useRollout, waveWords } from './rollout';
import { SaveBar } from './save_bar';
import { useTrial } from './trial';

const dialogs = () => import('./dialogs');
const Conflict = lazy(async () => (await dialogs()).Conflict);
const History = lazy(async () => (await dialogs()).History);
const Review = lazy(async () => (await dialogs()).Review);
const RolloutDialog = lazy(async () => (await dialogs()).RolloutDialog);

interface ScopePageProps {
  world: World;
  of: Resource<World>;
  scope: Scope;
  readOnly: boolean;
}

const isRolloutShown = urlFlag('rollout');
export const isHistoryShown = urlFlag('history');

export function ScopePage({ world, of, scope, readOnly }: ScopePageProps) {
  const isAdmin = me.value?.role === 'admin';
  const draft = readOnly ? null : draftOf(scope);
  const tried = useTrial(world, scope, draft);
  const rollout = useRollout(isAdmin);
  const [step, setStep] = useState<'edit' | 'review' | 'conflict'>('edit');
  const [refused, setRefused] = useState<Readonly<Record<string, string>>>({});
  const isStale = draft !== null && draft.base !== layerOf(world, scope).version;
  const underWay = rollout.data?.rollout;

  const saved = ({ version, values, groups, inWaves }: Saved) => {
    of.patch((now) => withLayer(now, scope, values, version, groups));
    setDraft(scope, null);
    setStep('edit');
    setRefused({});
    of.retry();
    rollout.retry();
    if (inWaves) isRolloutShown.set(true);
  };
  const refuse = (reasons: Readonly<Record<string, string>>) => {
    setRefused(reasons);
    setStep('edit');
    requestAnimationFrame(() => showSetting(Object.keys(reasons)[0]));
  };
  const stale = () => {
    of.retry();
    setStep('conflict');
  };
  return (
    <div class="scope-part">
      {isUnderWay(underWay) && <RolloutNote rollout={underWay} onShow={() => isRolloutShown.set(true)} />}
      {readOnly && scope.kind !== 'built-in' && (
        <div class="note read-only">
          <Icon name="lock" />
          <div class="grow">
            You can read this. {scope.kind === 'machine' ? 'Who manages this machine' : 'An administrator'} changes it.
          </div>
        </div>
      )}
      {scope.kind === 'machine' ? (
        <MachineState
          world={world}
          scope={scope}
          draft={draft}
          readOnly={readOnly}
          reason={tried.reasons['groups'] ?? refused['groups']}
        />
      ) : (
        scope.kind !== 'built-in' && <InForce world={world} scope={scope} />
      )}
      <form onSubmit={(event) => event.preventDefault()} aria-label="Settings">
        <Form world={world} scope={scope} draft={draft} tried={tried} refused={draft ? refused : {}} readOnly={readOnly} />
        {draft && (
          <SaveBar
            world={world}
            scope={scope}
            draft={draft}
            tried={tried}
            isStale={isStale}
            onReview={() => setStep(isStale ? 'conflict' : 'review')}
          />
        )}
      </form>
      {draft && step === 'review' && (
        <Review
          world={world}
          scope={scope}
          draft={draft}
          underWay={isUnderWay(underWay) ? underWay.version : null}
          onClose={() => setStep('edit')}
          onSaved={saved}
          onStale={stale}
          onRefused={refuse}
        />
      )}
      {draft && step === 'conflict' && isStale && (
        <Conflict
          world={world}
          scope={scope}
          draft={draft}
          onClose={() => setStep('edit')}
          onSettled={() => setStep(draftOf(scope) ? 'review' : 'edit')}
        />
      )}
      {isRolloutShown.value && underWay && (
        <RolloutDialog world={world} of={rollout} onClose={() => isRolloutShown.set(false)} onChanged={of.retry} />
      )}
      {isHistoryShown.value && isAdmin && (
        <History world={world} scope={scope} onClose={() => isHistoryShown.set(false)} onChanged={of.retry} />
      )}
    </div>
  );
}

/** On every page of the configuration, while a version goes out in waves. */
function RolloutNote({ rollout, onShow }: { rollout: Rollout; onShow: () => void }) {
  const isHeld = rollout.state === 'held';
  const wave = waveWords[rollout.wave - 1] ?? '';
  return (
    <div class={`note rolling ${isHeld ? 'bad' : ''}`} role="status">
      <Icon name={isHeld ? 'pause' : 'play'} />
      <div class="grow">
        <b>
          Version {rollout.version} {isHeld ? `is held at the ${wave} wave` : 'is rolling out'}.
        </b>{' '}
        What it changed can be changed again when that has ended.
      </div>
      <button type="button" class="btn less" onClick={onShow}>
        {isHeld ? 'Decide…' : 'Show'}
      </button>
    </div>
  );
}
