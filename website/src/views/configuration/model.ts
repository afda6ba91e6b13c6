/** The configuration as the API shows it, and the scopes that it has. */

import { segment } from '../../api';
import type { Setting, Value, Values } from './settings';

/** By which version, when and by whom something came to be what it is. */
export interface Made {
  version: number;
  at: string;
  by: string;
}

export interface Origin extends Made {
  settings: Readonly<Record<string, Made>>;
}

export interface Group {
  group: string;
  settings: Values;
  version: number;
  machines: number;
}

/** GET /api/configuration */
export interface Configuration {
  version: number;
  order_version: number;
  defaults: Values;
  defaults_version: number;
  groups: readonly Group[];
  /** By scope: "defaults", "group/NAME". */
  origins: Readonly<Record<string, Origin>>;
}

export type MachineState = 'pending' | 'applied' | 'refused' | 'reverted' | 'needs_restart';

export interface ConfigurationError {
  /** "" where it is about no setting. */
  key: string;
  reason: string;
}

/** A machine of GET /api/configuration/machines */
export interface ConfiguredMachine {
  machine_id: string;
  user_label: string | null;
  groups: readonly string[];
  settings: Values;
  version: number;
  applied_version: number;
  state: MachineState;
  left_out: readonly string[];
  error: ConfigurationError | null;
  may_loosen: boolean;
  local: readonly string[];
  asked_at: string | null;
  last_seen: string;
}

/** GET /api/machines/{id}/configuration */
export interface MachineConfiguration {
  groups: readonly string[];
  settings: Values;
  settings_version: number;
  effective: Values;
  version: number;
  applied_version: number;
  state: MachineState;
  /** The wave of a rollout that it waits for; null if it waits for none. */
  waits_for_wave?: number | null;
  left_out: readonly string[];
  error: ConfigurationError | null;
  may_loosen: boolean;
  /** Its own values that bound the server's, where they differ from the built-in ones. */
  local: Values;
  origins: Readonly<Record<string, Origin>>;
  asked_at: string | null;
}

/** All that a page of the configuration works with. */
export interface World {
  settings: readonly Setting[];
  configuration: Configuration;
  machines: readonly ConfiguredMachine[];
  /** Of the machine whose page it is, if it is one's. */
  own: MachineConfiguration | null;
  /** That machine's id. */
  machine: string | null;
}

export type Scope = { kind: 'built-in' | 'defaults'; name: '' } | { kind: 'group' | 'machine'; name: string };

export const builtIn: Scope = { kind: 'built-in', name: '' };
export const defaults: Scope = { kind: 'defaults', name: '' };

/** "defaults", "group/NAME", "machine/ID": as the API and drafts name it. */
export const scopeText = (scope: Scope): string => (scope.name ? `${scope.kind}/${scope.name}` : scope.kind);

/** The page of a scope. */
export function scopePage(scope: Scope): string {
  if (scope.kind === 'machine') return `/machines/${segment(scope.name)}/configuration`;
  if (scope.kind === 'group') return `/configuration/${segment(scope.name)}`;
  return scope.kind === 'defaults' ? '/configuration' : '/configuration?scope=built-in';
}

/** Where it is changed. */
export function scopeApi(scope: Scope): string {
  if (scope.kind === 'machine') return `/api/machines/${segment(scope.name)}/configuration`;
  return scope.kind === 'group' ? `/api/configuration/groups/${segment(scope.name)}` : '/api/configuration/defaults';
}

/** As a person calls it. */
export function scopeName(scope: Scope, machines: readonly ConfiguredMachine[] = []): string {
  if (scope.kind === 'built-in') return 'Built-in';
  if (scope.kind === 'defaults') return 'Defaults';
  if (scope.kind === 'group') return scope.name;
  return machineCalled(scope.name, machines);
}

/** A machine as a person calls it, by its id. */
export function machineCalled(id: string, machines: readonly ConfiguredMachine[]): string {
  return machines.find((machine) => machine.machine_id === id)?.user_label ?? id;
}

/** The scope that its text names. */
export function scopeOf(text: string): Scope {
  const slash = text.indexOf('/');
  if (slash < 0) return defaults;
  return { kind: text.slice(0, slash) === 'group' ? 'group' : 'machine', name: text.slice(slash + 1) };
}

export const settingOf = (world: World, key: string): Setting | undefined => world.settings.find((each) => each.key === key);

export const groupOf = (world: World, name: string): Group | undefined =>
  world.configuration.groups.find((each) => each.group === name);

/** By which version, when and by whom a scope, and each of its settings, came to be what it is. */
export function originOf(world: World, scope: Scope): Origin | undefined {
  return (scope.kind === 'machine' ? world.own?.origins : world.configuration.origins)?.[scopeText(scope)];
}

/** What a scope says, of which version. */
export function layerOf(world: World, scope: Scope): { values: Values; version: number } {
  if (scope.kind === 'defaults') return { values: world.configuration.defaults, version: world.configuration.defaults_version };
  if (scope.kind === 'machine') return { values: world.own?.settings ?? {}, version: world.own?.settings_version ?? 0 };
  const group = groupOf(world, scope.name);
  return { values: group?.settings ?? {}, version: group?.version ?? 0 };
}

/** The world when a scope has been saved, until the server is asked again. */
export function withLayer(world: World, scope: Scope, values: Values, version: number, groups?: readonly string[]): World {
  const { configuration, own } = world;
  if (scope.kind === 'machine' && own)
    return {
      ...world,
      own: { ...own, settings: values, settings_version: version, groups: groups ?? own.groups, state: 'pending', version },
    };
  if (scope.kind === 'defaults')
    return { ...world, configuration: { ...configuration, defaults: values, defaults_version: version, version } };
  const changed = configuration.groups.map((each) => (each.group === scope.name ? { ...each, settings: values, version } : each));
  return { ...world, configuration: { ...configuration, groups: changed, version } };
}

/** The machines that a scope reaches. */
export function machinesOf(world: World, scope: Scope): readonly ConfiguredMachine[] {
  if (scope.kind === 'machine') return world.machines.filter((machine) => machine.machine_id === scope.name);
  return scope.kind === 'group' ? world.machines.filter((machine) => machine.groups.includes(scope.name)) : world.machines;
}

export const machineName = (machine: ConfiguredMachine): string => machine.user_label ?? machine.machine_id;

/** What a trial tells, and what a change is answered. */
export interface Effect {
  key: string;
  from: Value | null;
  to: Value | null;
  machines: number;
  wanted: number;
  changes: number;
  left_out: number;
  loosened: number;
}

export interface Concerned {
  count: number;
  machines: readonly string[];
}

export interface Trial {
  version: number;
  effects: readonly Effect[];
  changed: Concerned;
  left_out: Concerned;
  loosened: Concerned;
  /** How many machines each wave would have; only if waves were asked for. */
  waves?: readonly number[];
}
