/** The form of a scope: made from the table of settings alone, section by section. */

import { useEffect, useState } from 'preact/hooks';
import { counted, hasWords, wordsIn } from '../../format';
import { Icon } from '../../icons';
import { Empty } from '../../parts/resource';
import { setQuery, urlFlag, urlText } from '../../url_state';
import { type Draft, isChanged, withDraft } from './drafts';
import { layerOf, machinesOf, type Scope, type World } from './model';
import { overriders } from './origin';
import { Row } from './row';
import { labelOf, localSection, type Section, sectionsOf, type Setting, wordsOf } from './settings';
import type { Tried } from './trial';

export interface FormProps {
  world: World;
  scope: Scope;
  draft: Draft | null;
  tried: Tried;
  /** The server's reasons of the latest try to save. */
  refused: Readonly<Record<string, string>>;
  readOnly: boolean;
}

const find = urlText('find');
/** The setting that a link leads to, as those of the search do. */
const asked = urlText('setting');
const differs = urlFlag('differs');

export function Form(props: FormProps) {
  const { world, scope, draft, tried } = props;
  useEffect(() => showSetting(asked.value), [asked.value]);
  const saved = layerOf(world, scope).values;
  const values = withDraft(saved, draft);
  const groups = draft?.groups ?? world.own?.groups ?? [];
  const isShown = (setting: Setting) => matches(setting) && (!differs.value || hasDifference(world, scope, setting, draft));
  const sections = sectionsOf(world.settings)
    .map((section) => ({ ...section, settings: section.settings.filter(isShown) }))
    .filter((section) => section.settings.length);
  return (
    <>
      <JumpBar sections={sections} />
      <div class="set">
        {sections.map((section, index) => (
          <section key={section.id} aria-labelledby={section.id}>
            <h2 id={section.id}>
              {section.name}
              {section.name === localSection && <small>no server can set these</small>}
            </h2>
            {index === 0 && (
              <div class="f head-row" aria-hidden="true">
                <div>Setting</div>
                <div>Value</div>
                <div>Range</div>
                <div>Where it comes from</div>
              </div>
            )}
            {section.settings.map((setting) =>
              setting.remote === 'never' ? (
                <LocalRow key={setting.key} world={world} scope={scope} setting={setting} />
              ) : (
                <Row
                  {...props}
                  key={setting.key}
                  setting={setting}
                  values={values}
                  saved={saved}
                  groups={groups}
                  effect={tried.trial?.effects.find((effect) => effect.key === setting.key)}
                  reason={tried.reasons[setting.key] ?? props.refused[setting.key]}
                />
              ),
            )}
          </section>
        ))}
        {!sections.length && <NothingFound />}
      </div>
    </>
  );
}

/** Brings a setting into sight, and its control into focus. */
export function showSetting(key: string | undefined): void {
  const row = key ? document.querySelector<HTMLElement>(`.f[data-key="${CSS.escape(key)}"]`) : null;
  row?.scrollIntoView({ block: 'center' });
  row?.querySelector<HTMLElement>('input, select')?.focus({ preventScroll: true });
}

function NothingFound() {
  return (
    <Empty
      title={find.value ? 'No setting is called that' : 'Nothing differs here'}
      action={
        <button type="button" class="btn" onClick={() => setQuery({ find: null, differs: null }, { replace: true })}>
          Show all settings
        </button>
      }
    />
  );
}

function matches(setting: Setting): boolean {
  return hasWords(`${setting.key} ${labelOf(setting)} ${setting.help} ${setting.section}`, wordsIn(find.value));
}

function hasDifference(world: World, scope: Scope, setting: Setting, draft: Draft | null): boolean {
  const { key } = setting;
  const isLocal = scope.kind === 'machine' && key in (world.own?.local ?? {});
  return (
    (draft !== null && isChanged(draft, key)) ||
    isLocal ||
    key in layerOf(world, scope).values ||
    overriders(world, scope, setting).length > 0
  );
}

function LocalRow({ world, scope, setting }: { world: World; scope: Scope; setting: Setting }) {
  const machines = machinesOf(world, scope);
  const willing = machines.filter((machine) => machine.may_loosen).length;
  const isOne = scope.kind === 'machine';
  const says =
    setting.key !== 'remote.may_loosen' || scope.kind === 'built-in'
      ? 'in its own file'
      : isOne
        ? world.own?.may_loosen
          ? 'yes'
          : 'no'
        : `${willing} of ${machines.length} say yes`;
  return (
    <div class="f fixed" data-key={setting.key}>
      <div>
        <span class="lb">{labelOf(setting)}</span> <code>{setting.key}</code>
        <div class="says">{setting.help}</div>
      </div>
      <div>
        <span class="yes soft">
          <Icon name="lock" />
          {says}
        </span>
      </div>
      <div class="rng">
        <span>default {wordsOf(setting, setting.default)}</span>
      </div>
      <div class="src">
        <span>{isOne ? 'This machine' : 'Each machine'}</span>
      </div>
      <span />
    </div>
  );
}

/** Links to the sections, of which the one in sight is marked; and what narrows the form down. */
function JumpBar({ sections }: { sections: readonly Section[] }) {
  const here = useSectionInSight(sections);
  return (
    <div class="jump">
      <nav aria-label="Sections of settings">
        {sections.map((section) => (
          <a key={section.id} href={`#${section.id}`} aria-current={section.id === here ? 'true' : undefined}>
            {section.name}
          </a>
        ))}
      </nav>
      <span class="grow" />
      <input
        class="input find-setting no-phone"
        type="search"
        placeholder="Find a setting"
        aria-label="Find a setting"
        value={find.value}
        onInput={(event) => find.set(event.currentTarget.value, { replace: true })}
      />
      <label class="row small soft no-phone only-differs">
        <input
          type="checkbox"
          class="check"
          checked={differs.value}
          onChange={(event) => differs.set(event.currentTarget.checked, { replace: true })}
        />
        Only what differs
      </label>
      <span class="sr" role="status">
        {find.value &&
          counted(
            sections.reduce((sum, section) => sum + section.settings.length, 0),
            'setting',
          )}
      </span>
    </div>
  );
}

/** How far below the top of the window a heading counts as in sight: below the head and the bar. */
const headPx = 180;

function useSectionInSight(sections: readonly Section[]): string | undefined {
  const [here, setHere] = useState(sections[0]?.id);
  const ids = sections.map((section) => section.id).join(' ');
  useEffect(() => {
    let frame = 0;
    const look = () => {
      frame = 0;
      const all = ids.split(' ');
      const isAtEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2 && scrollY > 0;
      const above = all.filter((id) => (document.getElementById(id)?.getBoundingClientRect().top ?? Infinity) < headPx);
      setHere(isAtEnd ? all.at(-1) : (above.at(-1) ?? all[0]));
    };
    const later = () => (frame ||= requestAnimationFrame(look));
    addEventListener('scroll', later, { passive: true });
    later();
    return () => {
      removeEventListener('scroll', later);
      cancelAnimationFrame(frame);
    };
  }, [ids]);
  return here;
}
