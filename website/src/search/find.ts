/** What the search finds: at once in what the page knows, and a moment later at the server. */

import { useEffect, useState } from 'preact/hooks';
import { ask, segment } from '../api';
import { hasWords, wordsIn } from '../format';
import type { IconName } from '../icons';
import { signOf } from '../parts/state_sign';
import { mayConfigure, me } from '../session';
import { sectionsOf } from '../shell/sections';
import { recentPages } from './recent';

export interface Found {
  /** Beside it a detail, set softer. */
  label: string;
  detail: string;
  icon: IconName;
  href: string;
}

export interface FoundGroup {
  title: string;
  found: readonly Found[];
}

/** GET /api/search */
interface Answer {
  machines: { machine_id: string; user_label: string | null; state: string }[];
  people?: { name: string; role: string }[];
  groups?: string[];
}

/** GET /api/settings */
interface Settings {
  settings: { key: string; help: string; section: string }[];
}

const nothing: Answer = { machines: [] };
const debounceMs = 150;
const settingsShown = 8;

interface Place {
  label: string;
  href: string;
  for: readonly string[];
}

/** Pages that stand in no section's name. */
const places: readonly Place[] = [
  { label: 'People and roles', href: '/admin/people', for: ['admin'] },
  { label: 'Tokens and enrolment', href: '/admin/tokens', for: ['admin'] },
  { label: 'Audit log', href: '/admin/audit', for: ['admin'] },
  { label: 'Server and webhook', href: '/admin/server', for: ['admin'] },
];

function pagesWith(words: readonly string[]): Found[] {
  const who = me.value;
  if (!who) return [];
  const sections = sectionsOf(who).map(({ name, href }) => ({ label: name, href, for: [who.role] }));
  return [...sections, ...places]
    .filter((page) => page.for.includes(who.role) && hasWords(page.label, words))
    .map(({ label, href }) => ({ label, detail: '', icon: 'window', href }));
}

const groupHref = (group: string): string => `${mayConfigure() ? '/' : '/team'}?group=${segment(group)}`;

function groupsOf(answer: Answer): FoundGroup[] {
  const machines = answer.machines.map((machine): Found => ({
    label: machine.user_label ?? machine.machine_id,
    detail: `${machine.user_label === null ? '' : `${machine.machine_id}, `}${signOf(machine.state).word}`,
    icon: 'load',
    href: `/machines/${segment(machine.machine_id)}`,
  }));
  const people = (answer.people ?? []).map((person): Found => ({
    label: person.name,
    detail: person.role,
    icon: 'eye',
    href: `/admin/people?q=${segment(person.name)}`,
  }));
  const groups = (answer.groups ?? []).map((group): Found => ({
    label: group,
    detail: 'group',
    icon: 'table',
    href: groupHref(group),
  }));
  return [
    { title: 'Machines', found: machines },
    { title: 'People', found: people },
    { title: 'Groups', found: groups },
  ];
}

/** Settings are for who may configure; they are asked for once. */
function useSettings(): Settings['settings'] {
  const [settings, setSettings] = useState<Settings['settings']>([]);
  const isAsked = mayConfigure();
  useEffect(() => {
    if (!isAsked) return;
    ask<Settings>('/api/settings').then(
      (answer) => setSettings(answer.settings),
      () => undefined,
    );
  }, [isAsked]);
  return settings;
}

function settingsWith(settings: Settings['settings'], words: readonly string[]): Found[] {
  const byKey = settings.filter((setting) => hasWords(setting.key, words));
  const byHelp = settings.filter((setting) => !byKey.includes(setting) && hasWords(`${setting.key} ${setting.help}`, words));
  return [...byKey, ...byHelp].slice(0, settingsShown).map((setting) => ({
    label: setting.key,
    detail: setting.help,
    icon: 'sliders',
    href: `/configuration?setting=${segment(setting.key)}`,
  }));
}

export interface Search {
  groups: readonly FoundGroup[];
  /** The server has not answered yet to what is typed. */
  isWaiting: boolean;
  hasFailed: boolean;
}

export function useSearch(text: string): Search {
  const asked = text.trim();
  const settings = useSettings();
  const [answer, setAnswer] = useState<{ to: string; is: Answer; hasFailed: boolean }>({ to: '', is: nothing, hasFailed: false });
  useEffect(() => {
    if (asked === '') return;
    const end = new AbortController();
    const timer = setTimeout(() => {
      ask<Answer>(`/api/search?q=${encodeURIComponent(asked)}&limit=8`, { signal: end.signal }).then(
        (is) => setAnswer({ to: asked, is, hasFailed: false }),
        () => !end.signal.aborted && setAnswer({ to: asked, is: nothing, hasFailed: true }),
      );
    }, debounceMs);
    return () => {
      clearTimeout(timer);
      end.abort();
    };
  }, [asked]);
  const words = wordsIn(asked);
  const local: FoundGroup[] =
    asked === ''
      ? [
          {
            title: 'Recent',
            found: recentPages().map((page) => ({ label: page.title, detail: '', icon: 'clock', href: page.href })),
          },
          { title: 'Pages', found: pagesWith([]) },
        ]
      : [
          { title: 'Pages', found: pagesWith(words) },
          { title: 'Settings', found: settingsWith(settings, words) },
        ];
  const groups = asked === '' ? local : [...groupsOf(answer.is), ...local];
  return {
    groups: groups.filter((group) => group.found.length > 0),
    isWaiting: asked !== '' && answer.to !== asked,
    hasFailed: asked !== '' && answer.hasFailed,
  };
}
