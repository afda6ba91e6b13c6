/** Two people changed one scope: both sides, setting by setting, and which one is to stay. */

import { useState } from 'preact/hooks';
import { Dialog } from '../../parts/dialog';
import { Segments } from '../../parts/segments';
import { me } from '../../session';
import { clock, viewerZone } from '../../format';
import { type Draft, isChanged, setDraft } from './drafts';
import { layerOf, originOf, type Scope, settingOf, type World } from './model';
import { isSame, type Value, type Values, wordsOf } from './settings';

type Side = 'mine' | 'theirs';

interface ConflictProps {
  world: World;
  scope: Scope;
  draft: Draft;
  onClose: () => void;
  /** Each has its side: the draft is of the present version now. */
  onSettled: () => void;
}

export function Conflict({ world, scope, draft, onClose, onSettled }: ConflictProps) {
  const { values: theirs, version } = layerOf(world, scope);
  const keys = differing(draft, theirs);
  const [chosen, setChosen] = useState<Readonly<Record<string, Side>>>({});
  const side = (key: string): Side => chosen[key] ?? (isChanged(draft, key) ? 'mine' : 'theirs');
  const made = originOf(world, scope);
  const who = made ? (made.by === me.value?.user ? 'You, elsewhere,' : made.by) : 'Somebody';
  const settle = () => {
    setDraft(scope, settled(draft, theirs, version, keys, side));
    onSettled();
  };
  return (
    <Dialog
      title="Two people, one scope"
      onClose={onClose}
      class="wide"
      footer={
        <>
          <span class="soft small no-phone">Nothing is saved by this: you review it next</span>
          <span class="grow" />
          <button type="button" class="btn" onClick={onClose}>
            Back
          </button>
          <button type="button" class="btn first" onClick={settle}>
            Keep these
          </button>
        </>
      }
    >
      <div class="pad">
        <p class="conflict-why">
          <bdi>{who}</bdi> saved this in the meantime. Choose for each setting which value is to stay.
        </p>
        <div class="box" tabIndex={0} role="group" aria-label="Both sides">
          <table class="tbl wrap stack" role="table">
            <thead>
              <tr>
                <th>Setting</th>
                <th>
                  <bdi>{who}</bdi>
                  {made ? ` saved at ${clock(made.at, viewerZone)}, version ${version}` : `, version ${version}`}
                </th>
                <th>Yours, not saved</th>
                <th class="num">Keep</th>
              </tr>
            </thead>
            <tbody>
              {keys.map((key) => (
                <tr key={key} role="row">
                  <td class="lead" role="cell">
                    <code>{key}</code>
                  </td>
                  <Words
                    world={world}
                    of={key}
                    value={theirs[key]}
                    side="theirs"
                    isAsBefore={isSame(theirs[key], draft.was[key])}
                    isKept={side(key) === 'theirs'}
                  />
                  <Words
                    world={world}
                    of={key}
                    value={mineOf(draft, key)}
                    text={draft.texts[key]}
                    side="mine"
                    isAsBefore={!isChanged(draft, key)}
                    isKept={side(key) === 'mine'}
                  />
                  <td class="num" role="cell">
                    <Segments
                      class="less"
                      label={`Keep of ${key}`}
                      value={side(key)}
                      options={[
                        { value: 'theirs', label: 'Theirs' },
                        { value: 'mine', label: 'Mine' },
                      ]}
                      onChange={(next) => setChosen({ ...chosen, [key]: next })}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </Dialog>
  );
}

interface WordsProps {
  world: World;
  of: string;
  value: Value | null | undefined;
  text?: string | undefined;
  side: Side;
  isAsBefore: boolean;
  isKept: boolean;
}

function Words({ world, of, value, text, side, isAsBefore, isKept }: WordsProps) {
  const words = text ?? wordsOf(settingOf(world, of), value);
  return (
    <td role="cell" class={isAsBefore ? 'soft' : undefined}>
      <span class="only-phone">{side}:&nbsp;</span>
      {isAsBefore ? `as before, ${words}` : isKept ? <b>{words}</b> : words}
    </td>
  );
}

const mineOf = (draft: Draft, key: string): Value | null => (key in draft.changes ? draft.changes[key] : draft.was[key]) ?? null;

/** The keys of which either side changed what both began with, and that are not the same now. */
function differing(draft: Draft, theirs: Values): string[] {
  const keys = new Set([
    ...Object.keys(draft.was),
    ...Object.keys(theirs),
    ...Object.keys(draft.changes),
    ...Object.keys(draft.texts),
  ]);
  return [...keys].sort().filter((key) => {
    if (key in draft.texts) return true;
    return !isSame(mineOf(draft, key), theirs[key]);
  });
}

/** The draft over their version: my changes where mine is kept. */
function settled(draft: Draft, theirs: Values, version: number, keys: readonly string[], side: (key: string) => Side): Draft {
  const changes: Record<string, Value | null> = {};
  const texts: Record<string, string> = {};
  for (const key of keys) {
    if (side(key) === 'theirs') continue;
    const mine = mineOf(draft, key);
    if (key in draft.texts) texts[key] = draft.texts[key]!;
    if (!isSame(mine, theirs[key])) changes[key] = mine;
  }
  return { ...draft, base: version, was: theirs, changes, texts };
}
