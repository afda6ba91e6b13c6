/** What is not saved, how many machines it is about, and the way on. */

import { counted } from '../../format';
import { Icon } from '../../icons';
import { changesIn, type Draft, setDraft } from './drafts';
import { machinesOf, type Scope, type World } from './model';
import type { Tried } from './trial';

interface SaveBarProps {
  world: World;
  scope: Scope;
  draft: Draft;
  tried: Tried;
  /** Somebody else has saved this scope meanwhile. */
  isStale: boolean;
  onReview: () => void;
}

export function SaveBar({ world, scope, draft, tried, isStale, onReview }: SaveBarProps) {
  const reached = tried.trial?.effects[0]?.machines ?? machinesOf(world, scope).length;
  const loosening = tried.trial?.effects.filter((effect) => effect.left_out + effect.loosened > 0).length ?? 0;
  const wrong = Object.keys({ ...draft.texts, ...tried.reasons }).length;
  const loosens = counted(loosening, 'loosens privacy', 'loosen privacy');
  return (
    <div class="savebar" role="region" aria-label="Changes that are not saved">
      <div>
        <b>
          {counted(changesIn(draft), 'change')}, {counted(reached, 'machine')}
        </b>
        {loosening > 0 && <div class="only-phone small loosens">{loosens}</div>}
      </div>
      {loosening > 0 && (
        <span class="chip loose no-phone">
          <Icon name="eye" />
          {loosens}
        </span>
      )}
      {wrong > 0 ? (
        <span class="bad small" role="status">
          {counted(wrong, 'value is', 'values are')} not accepted
        </span>
      ) : tried.problem ? (
        <span class="bad small cut" role="status">
          {tried.problem.detail}
        </span>
      ) : (
        <span class="soft small">
          {isStale ? 'somebody else has saved this meanwhile' : 'nothing is sent before you review it'}
        </span>
      )}
      <span class="grow" />
      <button type="button" class="btn quiet no-phone" onClick={() => setDraft(scope, null)}>
        Discard
      </button>
      <button type="button" class="btn first" disabled={wrong > 0 && !isStale} onClick={onReview}>
        {isStale ? 'Compare…' : 'Review…'}
      </button>
    </div>
  );
}
