/** Where a value comes from, and what lies over it. */

import { counted } from '../../format';
import { defaults, groupOf, layerOf, type Made, originOf, type Scope, type World } from './model';
import { isSame, type Setting, type Value, type Values, wordsOf } from './settings';

export interface Source {
  value: Value;
  /** "Built-in", "Defaults", a group's name, "This machine", "Its own file". */
  name: string;
  /** By which version, when and by whom; null if nobody changed it. */
  made: Made | null;
  /** Whether the scope itself says it. */
  isOwn: boolean;
}

/** The groups of a machine, in the order in which they win. */
export function groupsOf(world: World, groups: readonly string[]): string[] {
  return world.configuration.groups.map((each) => each.group).filter((group) => groups.includes(group));
}

/** What a scope says of a setting, or what it takes from the layers below; `values` are the scope's own, `groups` those that
    the machine is in, as edited or saved. */
export function sourceOf(world: World, scope: Scope, setting: Setting, values: Values, groups: readonly string[]): Source {
  const { key } = setting;
  const madeIn = (of: Scope) => originOf(world, of)?.settings[key] ?? null;
  if (scope.kind !== 'built-in' && key in values) {
    const name = scope.kind === 'defaults' ? 'Defaults' : scope.kind === 'machine' ? 'This machine' : 'This group';
    return { value: values[key]!, name, made: madeIn(scope), isOwn: true };
  }
  if (scope.kind === 'machine') {
    for (const group of groupsOf(world, groups).reverse()) {
      const said = groupOf(world, group)!.settings;
      if (key in said) return { value: said[key]!, name: group, made: madeIn({ kind: 'group', name: group }), isOwn: false };
    }
  }
  const isAboveDefaults = scope.kind === 'machine' || scope.kind === 'group';
  if (isAboveDefaults && key in world.configuration.defaults)
    return { value: world.configuration.defaults[key]!, name: 'Defaults', made: madeIn(defaults), isOwn: false };
  const local = scope.kind === 'machine' ? world.own?.local[key] : undefined;
  if (local !== undefined) return { value: local, name: 'Its own file', made: null, isOwn: false };
  return { value: setting.default, name: 'Built-in', made: null, isOwn: false };
}

/** What later layers say otherwise: "RDP pool A says 300", "2 groups say off", "3 machines have their own". */
export function overriders(world: World, scope: Scope, setting: Setting): string[] {
  if (scope.kind === 'machine' || scope.kind === 'built-in') return [];
  const { key } = setting;
  const own = layerOf(world, scope).values[key];
  const order = world.configuration.groups;
  const later = scope.kind === 'group' ? order.slice(order.findIndex((each) => each.group === scope.name) + 1) : order;
  const groups = later.filter(
    (group) => key in group.settings && !isSame(group.settings[key], own) && shares(world, scope, group.group),
  );
  const lines: string[] = [];
  if (groups.length === 1) lines.push(`${groups[0]!.group} says ${wordsOf(setting, groups[0]!.settings[key])}`);
  if (groups.length > 1) {
    const isOne = groups.every((group) => isSame(group.settings[key], groups[0]!.settings[key]));
    lines.push(`${groups.length} groups say ${isOne ? wordsOf(setting, groups[0]!.settings[key]) : 'otherwise'}`);
  }
  const machines = world.machines.filter(
    (machine) => key in machine.settings && (scope.kind !== 'group' || machine.groups.includes(scope.name)),
  ).length;
  if (machines) lines.push(`${counted(machines, 'machine has its', 'machines have their')} own`);
  return lines;
}

/** Whether any machine is in both: else the one cannot win over the other. */
function shares(world: World, scope: Scope, group: string): boolean {
  return scope.kind !== 'group' || world.machines.some((m) => m.groups.includes(scope.name) && m.groups.includes(group));
}
