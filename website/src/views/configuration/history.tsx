/** Every version there was: who, when, why, what changed, how it went out; and the way back to it. */

import { useState } from 'preact/hooks';
import { ask } from '../../api';
import { moment, viewerZone } from '../../format';
import { Icon } from '../../icons';
import { ActError, useAct } from '../../parts/act';
import { Dialog } from '../../parts/dialog';
import { Empty, Loaded, SkeletonRows, useResource } from '../../parts/resource';
import { type Scope, scopeName, scopeOf, scopePage, scopeText, settingOf, type Trial, type World } from './model';
import { Consequences, Diff } from './review';
import { type Value, wordsOf } from './settings';

interface Version {
  version: number;
  at: string;
  by: string;
  note: string;
  rolled_back_to: number | null;
  /** How its waves ended; null or missing if it went to all at once. */
  rollout?: 'running' | 'held' | 'done' | 'abandoned' | null;
  changes: readonly { scope: string; key: string; from: Value | null; to: Value | null }[];
}

interface VersionPage {
  versions: Version[];
  next_cursor: string | null;
}

interface HistoryProps {
  world: World;
  scope: Scope;
  onClose: () => void;
  onChanged: () => void;
}

export function History({ world, scope, onClose, onChanged }: HistoryProps) {
  const [isAll, setAll] = useState(false);
  const [restoring, setRestoring] = useState<number | null>(null);
  const [more, setMore] = useState<VersionPage[]>([]);
  const act = useAct();
  const first = useResource('versions', (signal) => ask<VersionPage>('/api/configuration/versions?limit=50', { signal }));
  if (restoring !== null)
    return (
      <Restore world={world} version={restoring} onBack={() => setRestoring(null)} onDone={() => (onChanged(), onClose())} />
    );
  const here = scopeText(scope);
  const concerns = (version: Version) => isAll || version.changes.some((change) => change.scope === here);
  return (
    <Dialog title={isAll ? 'History of all' : `History of ${scopeName(scope, world.machines)}`} onClose={onClose} class="wide">
      <div class="pad history">
        <label class="row small soft">
          <input type="checkbox" class="check" checked={isAll} onChange={(event) => setAll(event.currentTarget.checked)} />
          Changes of all scopes
        </label>
        <ActError of={act} />
        <Loaded of={first} what="The history" skeleton={<SkeletonRows rows={6} />}>
          {(page) => {
            const pages = [page, ...more];
            const shown = pages.flatMap((each) => each.versions).filter(concerns);
            const cursor = pages.at(-1)!.next_cursor;
            const load = () =>
              act.run(async () => {
                const next = await ask<VersionPage>(`/api/configuration/versions?limit=50&cursor=${encodeURIComponent(cursor!)}`);
                setMore([...more, next]);
              });
            return (
              <>
                {shown.length === 0 && !cursor && <Empty title="Nothing was changed here yet" />}
                <ol>
                  {shown.map((version) => (
                    <VersionItem
                      key={version.version}
                      world={world}
                      version={version}
                      here={isAll ? null : here}
                      isPresent={version.version === world.configuration.version}
                      onRestore={() => setRestoring(version.version)}
                    />
                  ))}
                </ol>
                {cursor && (
                  <button type="button" class="btn" disabled={act.isRunning} onClick={() => void load()}>
                    Older ones
                  </button>
                )}
              </>
            );
          }}
        </Loaded>
      </div>
    </Dialog>
  );
}

interface VersionItemProps {
  world: World;
  version: Version;
  /** Only what changed in this scope; null: all. */
  here: string | null;
  isPresent: boolean;
  onRestore: () => void;
}

/** Changes of one version that are shown; a rollback may have hundreds. */
const mostChanges = 30;

function VersionItem({ world, version, here, isPresent, onRestore }: VersionItemProps) {
  const changes = version.changes.filter((change) => here === null || change.scope === here);
  return (
    <li>
      <div class="row">
        <b>Version {version.version}</b>
        <span class="soft">
          <bdi>{version.by}</bdi>, {moment(version.at, viewerZone)}
        </span>
        {version.rolled_back_to !== null && <span class="chip">restored {version.rolled_back_to}</span>}
        {version.rollout && (
          <span class={`chip ${version.rollout === 'held' || version.rollout === 'abandoned' ? 'bad' : ''}`}>
            {rolloutWords[version.rollout]}
          </span>
        )}
        <span class="grow" />
        {isPresent ? (
          <span class="soft small">present</span>
        ) : (
          <button type="button" class="btn less" onClick={onRestore} aria-label={`Restore version ${version.version} as new`}>
            <Icon name="undo" />
            Restore as new
          </button>
        )}
      </div>
      {version.note && <p class="why-note">{version.note}</p>}
      <ul>
        {changes.slice(0, mostChanges).map((change) => (
          <li key={change.scope + change.key}>
            {here === null && (
              <a href={scopePage(scopeOf(change.scope))}>
                <bdi>{change.scope === 'order' ? 'Order' : scopeName(scopeOf(change.scope), world.machines)}</bdi>
              </a>
            )}{' '}
            <code>{change.key}</code> <del>{words(world, change.key, change.from)}</del> →{' '}
            <ins>{words(world, change.key, change.to)}</ins>
          </li>
        ))}
        {changes.length > mostChanges && <li class="soft">and {changes.length - mostChanges} more</li>}
      </ul>
    </li>
  );
}

const rolloutWords = { running: 'rolling out', held: 'held', done: 'in waves', abandoned: 'taken back' } as const;

const words = (world: World, key: string, value: Value | null): string => wordsOf(settingOf(world, key), value);

interface RestoreProps {
  world: World;
  version: number;
  onBack: () => void;
  onDone: () => void;
}

/** Takes all scopes back, after showing what that changes. */
function Restore({ world, version, onBack, onDone }: RestoreProps) {
  const [note, setNote] = useState('');
  const act = useAct();
  const path = '/api/configuration/rollback';
  const trial = useResource(`restore ${version}`, (signal) =>
    ask<Trial>(`${path}?dry_run=1`, { method: 'POST', body: { version }, signal }),
  );
  const restore = async () => {
    if (await act.run(() => ask(path, { method: 'POST', body: note ? { version, note } : { version } }))) onDone();
  };
  const isNothing = trial.data?.effects.length === 0;
  return (
    <Dialog
      title={`Restore version ${version} as version ${world.configuration.version + 1}`}
      onClose={onBack}
      footer={
        <>
          <span class="soft small no-phone">All scopes go back to where they were; nothing of the history is lost</span>
          <span class="grow" />
          <button type="button" class="btn" onClick={onBack}>
            Back
          </button>
          <button
            type="button"
            class="btn first"
            disabled={act.isRunning || !trial.data || isNothing}
            onClick={() => void restore()}
          >
            Restore as new
          </button>
        </>
      }
    >
      <div class="pad review">
        <ActError of={act} />
        <Loaded of={trial} what="What it would change" skeleton={<SkeletonRows rows={3} />}>
          {(tried) =>
            tried.effects.length ? (
              <>
                <h3>What it changes</h3>
                <Diff world={world} effects={tried.effects} />
                <Consequences world={world} trial={tried} />
              </>
            ) : (
              <Empty title="Nothing has changed since">All scopes say what they said then.</Empty>
            )
          }
        </Loaded>
        <label class="label" for="restore-note">
          Why <span class="soft">(stays in the history; people see it)</span>
        </label>
        <input
          class="input"
          id="restore-note"
          maxLength={500}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </div>
    </Dialog>
  );
}
