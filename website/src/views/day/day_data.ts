/** What the page of a day asks of the server. */

import { useMemo } from 'preact/hooks';
import { ask, segment } from '../../api';
import { addDays, isoDay, viewerZone } from '../../format';
import { colourOfRank } from '../../parts/apps';
import { type Zone, zoneQuery } from '../../parts/day_context';
import { type Resource, useResource } from '../../parts/resource';
import { Day, type MinutesAnswer, type Stretch } from './minutes';
import type { Shot } from './shots';

/** A step a minute: more than a screen has pixels for. */
const points = 1500;

export function useDay(machine: string, date: string, zone: Zone): Resource<Day> {
  const path = `/api/activity/${segment(machine)}/minutes?date=${date}${zoneQuery(zone)}&points=${points}`;
  return useResource(path, async (signal) => new Day(await ask<MinutesAnswer>(path, { signal })));
}

/** A part of the day in steps finer than the day has, where the machine sends events that often and it is zoomed into. */
export function useFiner(machine: string, day: Day, view: Stretch, zone: Zone): Day {
  const span = view.to - view.from;
  const isWorthIt = day.answer.interval_sec * 1000 < day.step && span <= (day.end - day.start) / 4;
  // Whole hours, so that moving about within them asks for nothing new.
  const hour = 3_600_000;
  const from = new Date(Math.floor(view.from / hour) * hour).toISOString();
  const to = new Date(Math.ceil(view.to / hour) * hour).toISOString();
  const path = `/api/activity/${segment(machine)}/minutes?start=${from}&end=${to}${zoneQuery(zone)}&points=4000`;
  const finer = useResource(isWorthIt ? path : null, async (signal) => new Day(await ask<MinutesAnswer>(path, { signal })));
  const holds = finer.data && finer.data.start <= view.from && finer.data.end >= view.to;
  return isWorthIt && holds ? finer.data! : day;
}

/** The titles of windows are many, and nobody reads most: they come when somebody looks at a time. */
export function useTitles(machine: string, date: string, zone: Zone, isWanted: boolean): (time: number) => string | null {
  const path = `/api/activity/${segment(machine)}/minutes?date=${date}${zoneQuery(zone)}&points=${points}&titles=1`;
  const titles = useResource(isWanted ? path : null, async (signal) => new Day(await ask<MinutesAnswer>(path, { signal })));
  return (time) => {
    const day = titles.data;
    if (!day || time < day.start || time >= day.end) return null;
    return day.answer.titles?.[day.answer.columns.title?.[day.stepAt(time)] ?? -1] || null;
  };
}

interface MainApps {
  day_apps: { app: string[] };
}

/** The colour of an application: 1 to 5 for the most used of the four weeks up to today, so that each keeps its colour from
    day to day; 0 for all others. Till they are known, those of the day itself. */
export function useColours(machine: string, day: Day): (app: string) => number {
  const today = isoDay(new Date(), viewerZone);
  const path = `/api/activity/${segment(machine)}/range?from=${addDays(today, -27)}&to=${today}`;
  const main = useResource(path, (signal) => ask<MainApps>(path, { signal }));
  const apps = main.data?.day_apps.app;
  return useMemo(() => {
    const five =
      apps ??
      day
        .appsIn({ from: day.start, to: day.end })
        .slice(0, 5)
        .map(({ app }) => app);
    const colours = new Map(five.map((app, rank) => [app, colourOfRank(rank)]));
    return (app) => colours.get(app) ?? 0;
  }, [apps, day]);
}

interface ScreenshotPage {
  screenshots: { id: string; taken_at: string; format: 'jpeg' | 'sealed' | 'none' }[];
}

export function useShots(machine: string, date: string, zone: Zone): Resource<Shot[]> {
  const path = `/api/screenshots/${segment(machine)}?date=${date}${zoneQuery(zone)}&limit=1000`;
  return useResource(path, async (signal) => {
    const page = await ask<ScreenshotPage>(path, { signal });
    return page.screenshots
      .filter((shot) => shot.format !== 'none')
      .map((shot) => ({ id: shot.id, time: Date.parse(shot.taken_at), isSealed: shot.format === 'sealed' }));
  });
}
