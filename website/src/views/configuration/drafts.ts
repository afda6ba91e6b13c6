/** Changes that are not saved yet, by scope: they survive another page, a reload and signing in again. */

import { signal } from '@preact/signals';
import { me } from '../../session';
import { layerOf, type Scope, scopeText, type World } from './model';
import { isSame, type Value, type Values } from './settings';

export interface Draft {
  /** The version of the scope when the first change was made, and what it said then. */
  base: number;
  was: Values;
  /** By key; null: the scope is to say nothing any more. */
  changes: Readonly<Record<string, Value | null>>;
  /** What was typed and is no value of its setting. */
  texts: Readonly<Record<string, string>>;
  /** The groups that a machine is to be in. */
  groups?: readonly string[];
  note: string;
}

type Drafts = Readonly<Record<string, Draft>>;

/** Of this person alone: another one who signs in has others. */
const place = (): string => `configuration drafts of ${me.peek()?.user ?? ''}`;

function kept(): Drafts {
  try {
    return JSON.parse(sessionStorage.getItem(place()) ?? '{}') as Drafts;
  } catch {
    return {};
  }
}

const drafts = signal<Drafts | null>(null);

/** All drafts, by their scope's text. */
export const allDrafts = (): Drafts => drafts.value ?? (drafts.value = kept());
export const draftOf = (scope: Scope): Draft | null => allDrafts()[scopeText(scope)] ?? null;

/** Puts a draft in place of the scope's; null, or one that changes nothing, discards it. */
export function setDraft(scope: Scope, draft: Draft | null): void {
  const { [scopeText(scope)]: _, ...others } = allDrafts();
  const next = draft && changesIn(draft) > 0 ? { ...others, [scopeText(scope)]: draft } : others;
  drafts.value = next;
  try {
    sessionStorage.setItem(place(), JSON.stringify(next));
  } catch {
    // It holds until the page is left.
  }
}

export const isChanged = (draft: Draft, key: string): boolean => key in draft.changes || key in draft.texts;

export function changesIn(draft: Draft): number {
  const keys = new Set([...Object.keys(draft.changes), ...Object.keys(draft.texts)]);
  return keys.size + (draft.groups ? 1 : 0);
}

/** The scope's draft, or one that begins now. */
function begunDraft(world: World, scope: Scope): Draft {
  const { values, version } = layerOf(world, scope);
  return draftOf(scope) ?? { base: version, was: values, changes: {}, texts: {}, note: '' };
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  const { [key]: _, ...rest } = record;
  return rest;
}

/** Has a scope say `value`; null: nothing. What it said before is no change. */
export function change(world: World, scope: Scope, key: string, value: Value | null): void {
  const draft = begunDraft(world, scope);
  const changes = without(draft.changes, key);
  if (!isSame(value, draft.was[key])) changes[key] = value;
  setDraft(scope, { ...draft, changes, texts: without(draft.texts, key) });
}

/** Keeps what was typed and is no value, or none yet. */
export function keepText(world: World, scope: Scope, key: string, text: string): void {
  const draft = begunDraft(world, scope);
  setDraft(scope, { ...draft, texts: { ...draft.texts, [key]: text } });
}

export function undo(world: World, scope: Scope, key: string): void {
  const draft = begunDraft(world, scope);
  setDraft(scope, { ...draft, changes: without(draft.changes, key), texts: without(draft.texts, key) });
}

export function changeGroups(world: World, scope: Scope, groups: readonly string[]): void {
  const { groups: _, ...draft } = begunDraft(world, scope);
  const isAsBefore = isSame([...groups].sort(), [...(world.own?.groups ?? [])].sort());
  setDraft(scope, isAsBefore ? draft : { ...draft, groups });
}

/** What a scope is to say. */
export function withDraft(values: Values, draft: Draft | null): Values {
  const next: Record<string, Value> = { ...values };
  for (const [key, value] of Object.entries(draft?.changes ?? {})) {
    if (value === null) delete next[key];
    else next[key] = value;
  }
  return next;
}
