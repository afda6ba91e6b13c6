/** The scopes: built-in, defaults, groups in their order, and the machines with values of their own. */

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { count } from '../../format';
import { Icon } from '../../icons';
import { me } from '../../session';
import { allDrafts, changesIn } from './drafts';
import { GroupList } from './groups';
import { builtIn, type ConfiguredMachine, defaults, machineName, type Scope, scopePage, scopeText, type World } from './model';
import { compareStates, shownState, signs } from './state';

/** Machines that are listed without being asked for, and at most while searching. */
const few = 5;
const most = 50;

export function Tree({ world, here, onChanged }: { world: World; here: Scope; onChanged: () => void }) {
  const [wanted, setWanted] = useState('');
  const find = wanted.trim().toLowerCase();
  return (
    <>
      <input
        class="input"
        type="search"
        placeholder="Find a group or machine"
        aria-label="Find a group or machine"
        value={wanted}
        onInput={(event) => setWanted(event.currentTarget.value)}
      />
      {!find && (
        <>
          <ScopeLink scope={builtIn} here={here} class="soft">
            <span>Built-in</span>
            <span class="n small">read only</span>
          </ScopeLink>
          <ScopeLink scope={defaults} here={here}>
            <span>Defaults</span>
            <Unsaved scope={defaults} />
            <span class="n">{count(world.machines.length)}</span>
          </ScopeLink>
        </>
      )}
      <GroupList world={world} here={here} find={find} onChanged={onChanged} />
      <Machines world={world} here={here} find={find} />
    </>
  );
}

interface ScopeLinkProps {
  scope: Scope;
  here: Scope;
  class?: string;
  children: ComponentChildren;
}

export function ScopeLink({ scope, here, class: extra, children }: ScopeLinkProps) {
  const isHere = scopeText(scope) === scopeText(here);
  return (
    <a class={extra} href={scopePage(scope)} aria-current={isHere ? 'page' : undefined}>
      {children}
    </a>
  );
}

/** "3 unsaved" */
export function Unsaved({ scope }: { scope: Scope }) {
  const draft = allDrafts()[scopeText(scope)];
  return draft ? <span class="chip pick">{changesIn(draft)} unsaved</span> : null;
}

function Machines({ world, here, find }: { world: World; here: Scope; find: string }) {
  const [isAll, setAll] = useState(false);
  const isManager = me.value?.role !== 'admin';
  const isDrafted = (machine: ConfiguredMachine) => `machine/${machine.machine_id}` in allDrafts();
  const isHere = (machine: ConfiguredMachine) => here.kind === 'machine' && here.name === machine.machine_id;
  const hasOwn = (machine: ConfiguredMachine) => Object.keys(machine.settings).length > 0;
  const isFound = (machine: ConfiguredMachine) =>
    find
      ? `${machine.machine_id} ${machine.user_label ?? ''}`.toLowerCase().includes(find)
      : isManager || hasOwn(machine) || isDrafted(machine) || isHere(machine);
  const found = world.machines.filter(isFound).sort(compareStates);
  const shown = found.slice(0, find || isAll ? most : few);
  const away = found.find(isHere);
  if (away && !shown.includes(away)) shown.push(away);
  const rest = found.length - shown.length;
  return (
    <>
      <h2>
        <span>{find || isManager ? 'Machines' : 'Machines with values of their own'}</span>
        <span>{count(found.length)}</span>
      </h2>
      {shown.map((machine) => (
        <ScopeLink key={machine.machine_id} scope={{ kind: 'machine', name: machine.machine_id }} here={here}>
          <bdi>{machineName(machine)}</bdi>
          <Unsaved scope={{ kind: 'machine', name: machine.machine_id }} />
          <MachineSign machine={machine} />
        </ScopeLink>
      ))}
      {rest > 0 &&
        (isAll || find ? (
          <p class="hint">{count(rest)} more: search for them</p>
        ) : (
          <button type="button" class="soft" onClick={() => setAll(true)}>
            {count(rest)} more
          </button>
        ))}
    </>
  );
}

function MachineSign({ machine }: { machine: ConfiguredMachine }) {
  const sign = signs[shownState(machine)];
  const local = machine.local.filter((key) => key !== 'screenshots.public_key').length;
  if (machine.state === 'applied') return local ? <span class="n small">{local} set locally</span> : null;
  return (
    <span class="n">
      <Icon name={sign.icon} class={sign.isBad ? 'bad' : ''} />
      <span class="sr">{sign.word}</span>
    </span>
  );
}
