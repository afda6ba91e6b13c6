/** The sections that a person's head shows, by their role. */

import type { Me } from '../api';
import { segment } from '../api';

export interface Section {
  name: string;
  href: string;
  /** Whether a path lies in it. */
  holds: (path: string) => boolean;
}

/** The page of a machine's configuration. */
const ofMachine = /^\/machines\/[^/]+\/configuration$/;

const fleet: Section = {
  name: 'Fleet',
  href: '/',
  holds: (path) => path === '/' || (path.startsWith('/machines/') && !ofMachine.test(path)),
};
const team: Section = { name: 'Team', href: '/team', holds: (path) => path === '/team' };
const mine: Section = { name: 'My data', href: '/me', holds: (path) => path === '/me' };
const configuration: Section = {
  name: 'Configuration',
  href: '/configuration',
  holds: (path) => path.startsWith('/configuration') || ofMachine.test(path),
};
const administration: Section = { name: 'Administration', href: '/admin/machines', holds: (path) => path.startsWith('/admin/') };

/** Of who sees their own machine alone. */
function ownSections(me: Me): Section[] {
  const machine = me.machines[0];
  if (machine === undefined) return [mine];
  const days = `/machines/${segment(machine)}`;
  const pictures = `${days}/screenshots`;
  return [
    mine,
    { name: 'My days', href: days, holds: (path) => path === days },
    { name: 'My screenshots', href: pictures, holds: (path) => path === pictures },
  ];
}

export function sectionsOf(me: Me): Section[] {
  switch (me.role) {
    case 'admin':
      return [fleet, team, mine, configuration, administration];
    case 'manager':
      return [fleet, team, mine, configuration];
    case 'self':
      return ownSections(me);
    default:
      return [fleet, team, mine];
  }
}
