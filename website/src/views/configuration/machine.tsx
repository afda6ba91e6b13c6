/** A machine's own part of its page: its groups, how far its configuration is, and what it does not take. */

import { useState } from 'preact/hooks';
import { clock, day, viewerZone } from '../../format';
import { Icon } from '../../icons';
import { changeGroups, type Draft } from './drafts';
import type { MachineConfiguration, Scope, World } from './model';
import { groupsOf } from './origin';
import { errorWords, type Shown, shownState, signs } from './state';

interface MachineProps {
  world: World;
  scope: Scope;
  draft: Draft | null;
  readOnly: boolean;
  /** Why the server would refuse the groups. */
  reason: string | undefined;
}

export function MachineState({ world, scope, draft, readOnly, reason }: MachineProps) {
  const own = world.own!;
  const row = world.machines.find((machine) => machine.machine_id === scope.name);
  const shown: Shown = row && own.state === 'pending' ? shownState(row) : own.state;
  const sign = signs[shown];
  return (
    <dl class="own">
      <div>
        <dt>State</dt>
        <dd>
          <span class={`row sign ${sign.isBad ? 'bad' : ''}`}>
            <Icon name={sign.icon} />
            {stateText(own, shown)}
          </span>
          <small class="soft">{details(own)}</small>
        </dd>
      </div>
      <div>
        <dt>Groups</dt>
        <dd>
          <Groups world={world} scope={scope} draft={draft} readOnly={readOnly} />
          {reason && (
            <p class="hint bad" role="alert">
              {reason}
            </p>
          )}
        </dd>
      </div>
      {own.left_out.length > 0 && (
        <div>
          <dt>Left out</dt>
          <dd>
            <Keys of={own.left_out} />
            <small class="soft">looser than the machine's own, and its file does not let a server do so</small>
          </dd>
        </div>
      )}
      <div>
        <dt>Set locally</dt>
        <dd>
          {Object.keys(own.local).length ? (
            <Keys of={Object.keys(own.local)} />
          ) : (
            <span class="soft">nothing that bounds the server</span>
          )}
          <small class="soft">
            {own.may_loosen
              ? 'Its file lets a server loosen privacy; people are told'
              : 'Its file does not let a server loosen privacy'}
          </small>
        </dd>
      </div>
    </dl>
  );
}

function stateText(own: MachineConfiguration, shown: Shown): string {
  if (shown === 'refused') return `Refused v${own.version}`;
  if (shown === 'reverted') return `Reverted to v${own.applied_version}`;
  if (own.waits_for_wave) return `Waits for wave ${own.waits_for_wave}`;
  if (own.version === 0) return 'Nothing is wanted of it';
  return shown === 'offline' ? `Offline, v${own.version} waits` : `${signs[shown].word} v${own.version}`;
}

function details(own: MachineConfiguration): string {
  const parts = [errorWords(own)].filter(Boolean);
  if (own.state === 'pending' && own.applied_version > 0) parts.push(`version ${own.applied_version} is in force there`);
  const isToday = own.asked_at !== null && day(own.asked_at, viewerZone) === day(new Date(), viewerZone);
  parts.push(
    own.asked_at === null
      ? 'its agent has never asked'
      : `asked at ${clock(own.asked_at, viewerZone)}${isToday ? '' : `, ${day(own.asked_at, viewerZone)}`}`,
  );
  return parts.join(' · ');
}

function Keys({ of }: { of: readonly string[] }) {
  return (
    <span class="key-list">
      {of.map((key) => (
        <code key={key}>{key}</code>
      ))}
    </span>
  );
}

function Groups({ world, scope, draft, readOnly }: Omit<MachineProps, 'reason'>) {
  const [said, say] = useState('');
  const groups = groupsOf(world, draft?.groups ?? world.own!.groups);
  const others = world.configuration.groups.map((each) => each.group).filter((group) => !groups.includes(group));
  const set = (next: readonly string[], words: string) => {
    changeGroups(world, scope, next);
    say(words);
  };
  return (
    <span class="group-list">
      {groups.map((group) => (
        <span class={`chip ${world.own!.groups.includes(group) ? '' : 'pick'}`} key={group}>
          <bdi>{group}</bdi>
          {!readOnly && (
            <button
              type="button"
              class="cross"
              aria-label={`Take it out of ${group}`}
              onClick={() =>
                set(
                  groups.filter((each) => each !== group),
                  `not in ${group}`,
                )
              }
            >
              <Icon name="x" />
            </button>
          )}
        </span>
      ))}
      {!groups.length && <span class="soft">none</span>}
      {!readOnly && others.length > 0 && (
        <select
          class="select less"
          aria-label="Put it into a group"
          value=""
          onChange={(event) => {
            const group = event.currentTarget.value;
            event.currentTarget.value = '';
            if (group) set([...groups, group], `in ${group}`);
          }}
        >
          <option value="">Add…</option>
          {others.map((group) => (
            <option value={group} key={group}>
              {group}
            </option>
          ))}
        </select>
      )}
      <span class="sr" role="status">
        {said}
      </span>
    </span>
  );
}
