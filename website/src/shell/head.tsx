/** The head's first line: sections, search, theme, account. It scrolls away; the line of context below it stays. */

import type { Me } from '../api';
import { Icon, Mark } from '../icons';
import { url } from '../router';
import { openSearch } from '../search/open';
import { me, signOut } from '../session';
import { Menu, type MenuItem } from '../parts/menu';
import { sectionsOf, type Section } from './sections';
import { nextTheme } from './theme';

/** "JW" of "jonas.weber"; "AN" of "ann". */
export function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const letters = words.length > 1 ? words.slice(0, 2).map((word) => [...word][0]) : [...(words[0] ?? '?')].slice(0, 2);
  return letters.join('').toUpperCase();
}

const signOutItem: MenuItem = { label: 'Sign out', icon: 'out', act: () => void signOut() };

function Account({ who }: { who: Me }) {
  return (
    <Menu
      class="who"
      label={`${initials(who.user)}, account of ${who.user}`}
      button={initials(who.user)}
      heading={
        <>
          <bdi class="here">{who.user}</bdi> <span class="soft">{who.role}</span>
        </>
      }
      items={[{ label: 'My data', icon: 'eye', href: '/me' }, signOutItem]}
    />
  );
}

/** The same sections, on a phone. */
function SectionMenu({ sections, here }: { sections: Section[]; here: Section | undefined }) {
  const items = sections.map((section) => ({ label: section.name, href: section.href, isCurrent: section === here }));
  return <Menu class="btn quiet icon" label="Sections" button={<Icon name="menu" />} items={[...items, signOutItem]} />;
}

export function Head() {
  const who = me.value;
  const sections = who ? sectionsOf(who) : [];
  const here = sections.find((section) => section.holds(url.value.pathname));
  return (
    <div class="top">
      <a class="brand" href="/" aria-label="activitytrack">
        <Mark />
        <span class="no-phone">activitytrack</span>
      </a>
      <nav class="tabs no-phone" aria-label="Sections">
        {sections.map((section) => (
          <a key={section.name} href={section.href} aria-current={section === here ? 'page' : undefined}>
            {section.name}
          </a>
        ))}
      </nav>
      <span class="only-phone cut here">{here?.name}</span>
      <span class="grow" />
      {who && (
        <>
          <button class="find no-phone" onClick={openSearch}>
            <Icon name="search" />
            <span>{who.role === 'self' ? 'Day, application, setting' : 'Machine, person, setting'}</span>
            <kbd>⌘K</kbd>
          </button>
          <button class="btn quiet icon only-phone" aria-label="Search" onClick={openSearch}>
            <Icon name="search" />
          </button>
        </>
      )}
      <button class="btn quiet icon" aria-label="Theme: as the system, light or dark" onClick={nextTheme}>
        <Icon name="theme" />
      </button>
      {who && (
        <>
          <span class="only-phone">
            <SectionMenu sections={sections} here={here} />
          </span>
          <span class="no-phone">
            <Account who={who} />
          </span>
        </>
      )}
    </div>
  );
}
