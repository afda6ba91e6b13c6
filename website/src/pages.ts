/** The pages by their paths, each loaded when it is first shown. A new page: its row here, its folder below views/, and
    its row in lib/server/api/routes.cpp, by which the server answers its path. */

import type { ComponentType } from 'preact';
import { matchPath, type Parameters } from './router';

export interface ViewProps {
  /** What stands for the `{...}` of the path. */
  parameters: Parameters;
}

export type View = ComponentType<ViewProps>;

export interface Page {
  path: string;
  load: () => Promise<{ default: View }>;
  /** For who is not signed in, too. */
  open?: true;
}

const admin = () => import('./views/admin/admin');
const configuration = () => import('./views/configuration/configuration');

/** The day is the range of one day: the range's view takes what has ?from=&to=. */
export const pages: readonly Page[] = [
  { path: '/', load: () => import('./views/fleet/fleet') },
  { path: '/machines/{id}', load: () => import('./views/day/day') },
  { path: '/machines/{id}/screenshots', load: () => import('./views/screenshots/screenshots') },
  { path: '/machines/{id}/configuration', load: configuration },
  { path: '/team', load: () => import('./views/team/team') },
  { path: '/configuration', load: configuration },
  { path: '/configuration/{group}', load: configuration },
  { path: '/me', load: () => import('./views/me/me') },
  { path: '/admin/machines', load: admin },
  { path: '/admin/people', load: admin },
  { path: '/admin/tokens', load: admin },
  { path: '/admin/audit', load: admin },
  { path: '/admin/server', load: admin },
  { path: '/login', load: () => import('./views/login/login'), open: true },
  { path: '/setup', load: () => import('./views/setup/setup'), open: true },
];

const range: Page = { path: '/machines/{id}', load: () => import('./views/range/range') };
const nothing: Page = { path: '', load: () => import('./views/nothing/nothing'), open: true };

export interface FoundPage {
  page: Page;
  parameters: Parameters;
}

export function findPage(url: URL): FoundPage {
  for (const page of pages) {
    const parameters = matchPath(page.path, url.pathname);
    if (!parameters) continue;
    const isRange = page.path === range.path && url.searchParams.has('from');
    return { page: isRange ? range : page, parameters };
  }
  return { page: nothing, parameters: {} };
}
