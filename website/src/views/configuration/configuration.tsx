/** /configuration, /configuration/{group}, /machines/{id}/configuration: what agents are to do. */

import { useState } from 'preact/hooks';
import { segment } from '../../api';
import { Icon } from '../../icons';
import type { ViewProps } from '../../pages';
import { Dialog } from '../../parts/dialog';
import { LiveDot } from '../../parts/live_dot';
import { Menu, type MenuItem } from '../../parts/menu';
import { Empty, Loaded, type Resource, SkeletonRows } from '../../parts/resource';
import { saveFile } from '../../parts/save_file';
import { navigate, url } from '../../router';
import { me } from '../../session';
import { Page } from '../../shell/page';
import { useWorld } from './data';
import { draftOf, setDraft } from './drafts';
import { RemoveGroup } from './groups';
import { builtIn, defaults, groupOf, layerOf, type Scope, scopeName, scopeText, type World } from './model';
import { isHistoryShown, ScopePage } from './scope_page';
import { Tree } from './tree';

function scopeHere({ id, group }: Readonly<Record<string, string>>): Scope {
  if (id !== undefined) return { kind: 'machine', name: id };
  if (group !== undefined) return { kind: 'group', name: group };
  return url.value.searchParams.get('scope') === 'built-in' ? builtIn : defaults;
}

/** Whether who is signed in may change a scope. */
function mayEdit(scope: Scope): boolean {
  const who = me.value;
  if (scope.kind === 'built-in' || !who) return false;
  if (who.role === 'admin') return true;
  return who.role === 'manager' && scope.kind === 'machine' && who.machines.includes(scope.name);
}

export default function Configuration({ parameters }: ViewProps) {
  const scope = scopeHere(parameters);
  const world = useWorld(scope);
  const [isTree, setTree] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const name = scopeName(scope, world.data?.machines);
  const isGone = scope.kind === 'group' && world.data && !groupOf(world.data, scope.name);
  return (
    <Page
      title={`Configuration, ${name}`}
      context={
        <Context scope={scope} name={name} world={world.data} onTree={() => setTree(true)} onRemove={() => setRemoving(true)} />
      }
    >
      <div class="configuration">
        <Loaded of={world} what="The configuration" skeleton={<SkeletonRows rows={12} />}>
          {(loaded) => (
            <div class="two">
              <nav class="tree" aria-label="Scopes">
                <Tree world={loaded} here={scope} onChanged={world.retry} />
              </nav>
              {isGone ? (
                <Empty
                  title="There is no such group"
                  action={
                    <a class="btn" href="/configuration">
                      Go to the defaults
                    </a>
                  }
                />
              ) : (
                <ScopePage key={scopeText(scope)} world={loaded} of={world} scope={scope} readOnly={!mayEdit(scope)} />
              )}
            </div>
          )}
        </Loaded>
        {isTree && <TreeDialog of={world} here={scope} onClose={() => setTree(false)} />}
        {isRemoving && world.data && (
          <RemoveGroup
            world={world.data}
            name={scope.name}
            onClose={() => setRemoving(false)}
            onGone={() => {
              world.retry();
              navigate('/configuration');
            }}
          />
        )}
      </div>
    </Page>
  );
}

interface ContextProps {
  scope: Scope;
  name: string;
  world: World | undefined;
  onTree: () => void;
  onRemove: () => void;
}

function Context({ scope, name, world, onTree, onRemove }: ContextProps) {
  const isAdmin = me.value?.role === 'admin';
  const items: MenuItem[] = [];
  if (isAdmin) items.push({ label: 'History', icon: 'clock', act: () => isHistoryShown.set(true) });
  if (draftOf(scope)) items.push({ label: 'Discard what is not saved', icon: 'undo', act: () => setDraft(scope, null) });
  if (world) items.push({ label: 'Download as JSON', icon: 'save', act: () => download(scope, world) });
  if (isAdmin && scope.kind === 'group') items.push({ label: 'Remove the group…', icon: 'trash', risk: true, act: onRemove });
  return (
    <>
      {scope.kind === 'machine' && (
        <nav class="crumb wide-scope" aria-label="Where">
          <a href="/">Fleet</a>
          <span class="soft">/</span>
          <a href={`/machines/${segment(scope.name)}`}>
            <bdi>{name}</bdi>
          </a>
          <span class="soft">/</span>
        </nav>
      )}
      <h1 class="wide-scope cut">{scope.kind === 'machine' ? 'Configuration' : <bdi>{name}</bdi>}</h1>
      <h1 class="narrow-scope">
        <button type="button" class="btn quiet less scope-menu" aria-haspopup="dialog" onClick={onTree}>
          <bdi>{name}</bdi>
          <Icon name="down" class="end" />
        </button>
      </h1>
      <span class="soft no-phone about cut">{about(scope)}</span>
      <span class="grow" />
      <LiveDot />
      <span class="ctx-space no-phone" />
      {isAdmin && (
        <button type="button" class="btn less no-phone" onClick={() => isHistoryShown.set(true)}>
          <Icon name="clock" />
          History
        </button>
      )}
      {items.length > 0 && <Menu class="btn quiet less icon" label="More" button={<Icon name="more" />} items={items} />}
    </>
  );
}

function about(scope: Scope): string {
  if (scope.kind === 'built-in') return 'what an agent does when nobody says otherwise';
  if (scope.kind === 'defaults') return 'for every machine, unless a group or the machine itself says otherwise';
  if (scope.kind === 'group') return 'for the machines in this group, over the defaults and the groups above it';
  return 'for this machine alone, over its groups and the defaults';
}

/** What a scope says, as a file. */
function download(scope: Scope, world: World): void {
  const builtInValues = () => Object.fromEntries(world.settings.map((setting) => [setting.key, setting.default]));
  const values = scope.kind === 'built-in' ? builtInValues() : layerOf(world, scope).values;
  const content = new Blob([JSON.stringify(values, null, 2)], { type: 'application/json' });
  saveFile(`${scopeText(scope).replace('/', '-')}.json`, content);
}

/** On a phone the scopes are a menu of their own. */
function TreeDialog({ of, here, onClose }: { of: Resource<World>; here: Scope; onClose: () => void }) {
  if (!of.data) return null;
  const leave = (event: Event) => {
    if ((event.target as Element).closest('a')) onClose();
  };
  return (
    <Dialog title="Scopes" onClose={onClose}>
      <nav class="tree pad" aria-label="Scopes" onClick={leave}>
        <Tree world={of.data} here={here} onChanged={of.retry} />
      </nav>
    </Dialog>
  );
}
