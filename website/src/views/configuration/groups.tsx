/** The groups in the order in which they win: dragged or moved by keys, made and removed. */

import { useRef, useState } from 'preact/hooks';
import { ApiError, ask, segment } from '../../api';
import { count, counted } from '../../format';
import { Icon } from '../../icons';
import { ActError, useAct } from '../../parts/act';
import { Confirm } from '../../parts/confirm';
import { Dialog } from '../../parts/dialog';
import { groupName } from '../../parts/groups';
import { useResource } from '../../parts/resource';
import { navigate } from '../../router';
import { me } from '../../session';
import { setDraft } from './drafts';
import { groupOf, type Scope, scopePage, type Trial, type World } from './model';
import { ScopeLink, Unsaved } from './tree';

interface GroupListProps {
  world: World;
  here: Scope;
  find: string;
  onChanged: () => void;
}

export function GroupList({ world, here, find, onChanged }: GroupListProps) {
  const [dragged, setDragged] = useState<string | null>(null);
  const [order, setOrder] = useState<readonly string[] | null>(null);
  const [isNew, setNew] = useState(false);
  const act = useAct();
  const list = useRef<HTMLUListElement>(null);
  const isAdmin = me.value?.role === 'admin';
  const saved = world.configuration.groups.map((group) => group.group);
  const names = order ?? saved;
  const moved = (name: string, to: number): string[] => {
    const rest = names.filter((each) => each !== name);
    return [...rest.slice(0, to), name, ...rest.slice(to)];
  };
  const save = async (next: readonly string[]) => {
    if (next.join() === saved.join()) return setOrder(null);
    setOrder(next);
    const version = world.configuration.order_version;
    await act.run(() => ask('/api/configuration/groups', { method: 'PUT', body: { order: next }, ifMatch: `"${version}"` }));
    setOrder(null);
    onChanged();
  };
  const onKey = (event: KeyboardEvent, name: string) => {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    const to = names.indexOf(name) + by;
    if (by === 0 || to < 0 || to >= names.length) return;
    event.preventDefault();
    void save(moved(name, to)).then(() => list.current?.querySelector<HTMLElement>(`[data-group="${name}"] .move`)?.focus());
  };
  const shown = names.filter((name) => name.toLowerCase().includes(find));
  const isMovable = isAdmin && !find && names.length > 1;
  return (
    <>
      <h2>
        <span>Groups</span>
        {names.length > 1 && <span>the lower one wins</span>}
      </h2>
      <ActError of={act} />
      <ul ref={list}>
        {shown.map((name) => (
          <li
            key={name}
            data-group={name}
            class={dragged === name ? 'dragged' : undefined}
            draggable={isMovable}
            onDragStart={() => setDragged(name)}
            onDragEnd={() => {
              setDragged(null);
              if (order) void save(order);
            }}
            onDragOver={(event) => {
              if (dragged === null) return;
              event.preventDefault();
              if (dragged !== name) setOrder(moved(dragged, names.indexOf(name)));
            }}
          >
            {isMovable && (
              <button
                type="button"
                class="move"
                aria-label={`Move ${name}: up and down keys`}
                title="Drag, or up and down keys: the lower one wins"
                onKeyDown={(event) => onKey(event, name)}
              >
                <Icon name="grip" />
              </button>
            )}
            <ScopeLink scope={{ kind: 'group', name }} here={here}>
              <bdi>{name}</bdi>
              <Unsaved scope={{ kind: 'group', name }} />
              <span class="n">{count(groupOf(world, name)?.machines ?? 0)}</span>
            </ScopeLink>
          </li>
        ))}
      </ul>
      {isAdmin && !find && (
        <button type="button" class="soft" onClick={() => setNew(true)}>
          <Icon name="plus" />
          New group
        </button>
      )}
      {isNew && <NewGroup world={world} onClose={() => setNew(false)} onMade={onChanged} />}
    </>
  );
}

function NewGroup({ world, onClose, onMade }: { world: World; onClose: () => void; onMade: () => void }) {
  const [name, setName] = useState('');
  const act = useAct();
  const isTaken = groupOf(world, name) !== undefined;
  const wrong = isTaken
    ? 'There is one of this name.'
    : name && !groupName.test(name)
      ? 'Letters, digits, point, _ and -, without spaces.'
      : '';
  const make = async (event: Event) => {
    event.preventDefault();
    if (!groupName.test(name) || isTaken) return;
    const path = `/api/configuration/groups/${segment(name)}`;
    const isMade = await act.run(() => ask(path, { method: 'PUT', body: { settings: {} }, ifMatch: '"0"' }));
    if (!isMade) return;
    onMade();
    onClose();
    navigate(scopePage({ kind: 'group', name }));
  };
  return (
    <Dialog title="New group" onClose={onClose}>
      <form onSubmit={(event) => void make(event)}>
        <div class="pad">
          <ActError of={act} />
          <label class="label" for="group-name">
            Name
          </label>
          <input
            class="input"
            id="group-name"
            value={name}
            maxLength={64}
            autocomplete="off"
            autofocus
            aria-invalid={wrong ? true : undefined}
            aria-describedby="group-hint"
            onInput={(event) => setName(event.currentTarget.value.trim())}
          />
          <p class={`hint ${wrong ? 'bad' : ''}`} id="group-hint">
            {wrong || 'A machine is put into it on the page of the machine. Which group wins over it: its place in the list.'}
          </p>
        </div>
        <footer>
          <span class="grow" />
          <button type="button" class="btn" onClick={onClose}>
            Back
          </button>
          <button class="btn first" disabled={!name || wrong !== '' || act.isRunning}>
            Make the group
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

/** Asks before a group goes, and says what comes of it. */
export function RemoveGroup({
  world,
  name,
  onClose,
  onGone,
}: {
  world: World;
  name: string;
  onClose: () => void;
  onGone: () => void;
}) {
  const path = `/api/configuration/groups/${segment(name)}`;
  const group = groupOf(world, name);
  const trial = useResource(path, (signal) => ask<Trial>(`${path}?dry_run=1`, { method: 'DELETE', signal }));
  const remove = async () => {
    await ask(path, { method: 'DELETE', ifMatch: `"${group?.version ?? 0}"` }).catch((error: unknown) => {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
    });
    setDraft({ kind: 'group', name }, null);
    onGone();
  };
  const settings = Object.keys(group?.settings ?? {}).length;
  return (
    <Confirm title={`Remove the group ${name}?`} act="Remove" onClose={onClose} onAct={remove}>
      <p>
        {counted(group?.machines ?? 0, 'machine is', 'machines are')} in it, and {group?.machines === 1 ? 'is' : 'are'} not any
        more then: {counted(settings, 'setting')} that it says {settings === 1 ? 'falls' : 'fall'} back to the layers below.
      </p>
      {trial.data && (
        <p>
          What is in force changes on <b>{counted(trial.data.changed.count, 'machine')}</b>
          {trial.data.loosened.count > 0 && <>, on {trial.data.loosened.count} of them to what protects the person less</>}.
        </p>
      )}
      <p class="hint">Can be taken back: the history restores the group, and its machines.</p>
    </Confirm>
  );
}
