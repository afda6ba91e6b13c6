/** The day as a grid: an hour a row, ten minutes a slot. An empty slot says why, an empty hour takes one line. */

import { clockText } from '../../charts/time_scale';
import { dur } from '../../format';
import { Icon } from '../../icons';
import { Picture } from './picture';
import { commonWhy, type Hour, isSealed, placeOf, type Screenshot, type Slot, type SlotDay, whyWord } from './slots';

const thumbWidth = 320;

interface GridProps {
  machine: string;
  day: SlotDay;
  chosen: Screenshot | null;
  onChoose: (screenshot: Screenshot) => void;
}

export function Grid({ machine, day, chosen, onChoose }: GridProps) {
  return (
    <div class="slots">
      <span class="slots-head" />
      {[0, 10, 20, 30, 40, 50].map((minute) => (
        <span key={minute} class="slots-head">
          :{String(minute).padStart(2, '0')}
        </span>
      ))}
      {merged(day.hours).map(({ hour, upTo }) => {
        const why = commonWhy(hour);
        if (why === 'future') return null;
        return (
          <>
            <span class="slots-head slots-hour">{hour.name}</span>
            {why !== null ? (
              <span class="slots-run">
                <Icon name={why === 'asleep' ? 'clock' : 'gone'} />
                {whyWord(why)}
                {upTo && ` until ${upTo}`}
              </span>
            ) : (
              hour.slots.map((slot) => (
                <SlotCell key={slot.start} machine={machine} day={day} slot={slot} chosen={chosen} onChoose={onChoose} />
              ))
            )}
          </>
        );
      })}
    </div>
  );
}

/** Hours in a row that are empty for the same reason take one line together. */
function merged(hours: Hour[]): { hour: Hour; upTo: string | null }[] {
  const rows: { hour: Hour; upTo: string | null }[] = [];
  hours.forEach((hour, i) => {
    const why = commonWhy(hour);
    const before = rows[rows.length - 1];
    if (why === null || !before || commonWhy(before.hour) !== why) {
      rows.push({ hour, upTo: null });
      return;
    }
    before.upTo = hours[i + 1]?.name ?? '24:00';
  });
  return rows;
}

function SlotCell({ machine, day, slot, chosen, onChoose }: Omit<GridProps, 'day'> & { day: SlotDay; slot: Slot }) {
  const [first] = slot.screenshots;
  const place = `slot-at-${placeOf(day, slot)}`;
  if (!first) {
    const why = slot.why ?? 'unknown';
    return <span class={`slot-none ${place}${why === 'blind' ? ' bad' : ''}`}>{why === 'future' ? '' : whyWord(why)}</span>;
  }
  const time = clockText(day.zones, Date.parse(first.taken_at));
  const more = slot.screenshots.length - 1;
  return (
    <button
      type="button"
      class={`slot ${place}`}
      aria-pressed={slot.screenshots.includes(chosen!)}
      onClick={() => onChoose(first)}
    >
      <span class="slot-picture">
        <Picture
          machine={machine}
          screenshot={first}
          isSealed={isSealed(day, first)}
          width={thumbWidth}
          alt={`Screen at ${time}`}
        />
      </span>
      <span class="slot-words">
        <b>{time}</b>
        <span class="cut">
          {more > 0 ? `${more} more` : first.format === 'none' ? 'unchanged' : dur(slot.counts.active_sec / 60)}
        </span>
      </span>
    </button>
  );
}
