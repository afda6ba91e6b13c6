/** The table of agents' settings, from which the form is made: GET /api/settings. */

import { count } from '../../format';

export type Value = boolean | number | string | readonly string[];
export type Values = Readonly<Record<string, Value>>;

export interface Setting {
  key: string;
  type: 'boolean' | 'integer' | 'string' | 'list';
  unit: string | null;
  min: number | null;
  max: number | null;
  choices: readonly string[] | null;
  default: Value;
  help: string;
  section: string;
  needs_restart: boolean;
  secret: boolean;
  /** What a server may do with it; `tighten` protects the person at the machine. */
  remote: 'free' | 'tighten' | 'never';
}

export interface Section {
  /** Of its heading, for links to it. */
  id: string;
  name: string;
  settings: Setting[];
}

/** The section of what no server can set. */
export const localSection = 'On the machine only';

/** The sections in the table's order; what no server can set comes last, together. */
export function sectionsOf(settings: readonly Setting[]): Section[] {
  const sections = new Map<string, Setting[]>();
  const add = (name: string, setting: Setting) => sections.set(name, [...(sections.get(name) ?? []), setting]);
  for (const setting of settings) if (setting.remote !== 'never') add(setting.section, setting);
  for (const setting of settings) if (setting.remote === 'never') add(localSection, setting);
  return [...sections].map(([name, of]) => ({ id: name.toLowerCase().replace(/[^a-z0-9]+/g, '-'), name, settings: of }));
}

/** "Interval" of `screenshots.interval_min`: what its key says, without the section and the unit, which stand beside it. */
export function labelOf(setting: Setting): string {
  const name = setting.key.slice(setting.key.lastIndexOf('.') + 1);
  const words = name
    .replace(/_max_mib$/, '_max_size')
    .replace(/_(sec|min|days)$/, '')
    .replaceAll('_', ' ');
  return (
    words.charAt(0).toUpperCase() +
    words
      .slice(1)
      .replace(/\burl\b/, 'URL')
      .replace(/\bid\b/, 'id')
  );
}

/** A value in words: "60 s", "on", "keepassxc, thunderbird". */
export function wordsOf(setting: Setting | undefined, value: Value | null | undefined): string {
  if (value === null || value === undefined) return 'not set';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return setting?.unit ? `${count(value)} ${setting.unit}` : count(value);
  const text = typeof value === 'string' ? value : value.join(', ');
  return text === '' ? 'none' : text;
}

export const isSame = (a: Value | null | undefined, b: Value | null | undefined): boolean =>
  a === b || JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** "1 to 3,600" */
export function rangeOf(setting: Setting): string | null {
  return setting.min === null || setting.max === null ? null : `${count(setting.min)} to ${count(setting.max)}`;
}

/** The number that was typed, or why it is none that the setting takes. */
export function parseNumber(setting: Setting, text: string): number | { reason: string } {
  const plain = text.replaceAll(/[\s,]/g, '');
  const number = /^\d+$/.test(plain) ? Number(plain) : NaN;
  const isIn = number >= (setting.min ?? 0) && number <= (setting.max ?? Number.MAX_SAFE_INTEGER);
  return isIn ? number : { reason: `a whole number from ${rangeOf(setting) ?? '0 on'}` };
}

const looserWords: Readonly<Record<string, string>> = {
  'features.screenshots': 'pictures are taken',
  'features.window_titles': 'titles are kept',
  'features.input_measures': 'measures are kept',
  'screenshots.when': 'less foreseeable',
  'screenshots.interval_min': 'more pictures',
  'screenshots.blur': 'no blur',
  'screenshots.blur_kind': 'another blur',
  'screenshots.blur_sigma': 'weaker blur',
  'screenshots.pixel_block': 'weaker blur',
  'screenshots.full_size': 'larger pictures',
  'screenshots.excluded_apps': 'fewer exceptions',
  'screenshots.notify_each': 'fewer notices',
  buffer_max_age_days: 'drops what waits',
  buffer_max_mib: 'drops what waits',
  'screenshots.buffer_max_mib': 'drops what waits',
};

/** In what way a change of this setting loosens privacy, for a chip. */
export const looserWord = (key: string): string => looserWords[key] ?? 'looser';
