/** The picture that is chosen, with what was counted around it. */

import { clockText, zoneAt } from '../../charts/time_scale';
import { count, dur } from '../../format';
import { Icon } from '../../icons';
import { pathOf, Picture } from './picture';
import { isSealed, type Screenshot, type Slot, type SlotDay } from './slots';

export interface ChosenProps {
  machine: string;
  day: SlotDay;
  screenshot: Screenshot;
  mayDelete: boolean;
  onGo: (way: -1 | 1) => void;
  onEnlarge: () => void;
  onDelete: () => void;
}

export function slotOf(day: SlotDay, screenshot: Screenshot): Slot | undefined {
  return day.hours.flatMap((hour) => hour.slots).find((slot) => slot.screenshots.includes(screenshot));
}

export function Side({ machine, day, screenshot, mayDelete, onGo, onEnlarge, onDelete }: ChosenProps) {
  const time = Date.parse(screenshot.taken_at);
  return (
    <aside class="shots-side card" aria-labelledby="shot-heading">
      <header>
        <h2 id="shot-heading">{clockText(day.zones, time, true)}</h2>
        <span class="soft cut">{zoneAt(day.zones, time).timezone}</span>
        <span class="grow" />
        <button type="button" class="btn quiet less icon" aria-label="Picture before" title="←" onClick={() => onGo(-1)}>
          <Icon name="left" />
        </button>
        <button type="button" class="btn quiet less icon" aria-label="Picture after" title="→" onClick={() => onGo(1)}>
          <Icon name="right" />
        </button>
      </header>
      <div class="shot-large">
        <Picture
          machine={machine}
          screenshot={screenshot}
          isSealed={isSealed(day, screenshot)}
          width={688}
          alt={`Screen at ${clockText(day.zones, time)}`}
        />
      </div>
      <Facts day={day} screenshot={screenshot} />
      <div class="row shot-acts">
        <button type="button" class="btn" onClick={onEnlarge}>
          <Icon name="search" />
          Enlarge <kbd>z</kbd>
        </button>
        <a class="btn quiet icon" href={`${pathOf(machine, screenshot)}/content`} download aria-label="Download">
          <Icon name="save" />
        </a>
        <span class="grow" />
        {mayDelete && (
          <button type="button" class="btn risk" onClick={onDelete}>
            <Icon name="trash" />
            Delete…
          </button>
        )}
      </div>
      <footer>The tracked person sees that you looked, and what you delete.</footer>
    </aside>
  );
}

function Facts({ day, screenshot }: { day: SlotDay; screenshot: Screenshot }) {
  const slot = slotOf(day, screenshot);
  return (
    <dl class="kv">
      {slot && (
        <>
          <dt>These ten minutes</dt>
          <dd>
            {dur(slot.counts.active_sec / 60)} active, {count(slot.counts.key_count)} keys, {count(slot.counts.mouse_clicks)}{' '}
            clicks
          </dd>
        </>
      )}
      <dt>Picture</dt>
      <dd>
        {screenshot.format === 'none' ? 'unchanged since the one shown' : `${screenshot.width} × ${screenshot.height}`}
        {screenshot.format === 'sealed' && ', sealed'}
      </dd>
      {screenshot.monitor && (
        <>
          <dt>Monitor</dt>
          <dd>
            <bdi>{screenshot.monitor}</bdi>
          </dd>
        </>
      )}
    </dl>
  );
}
