/** The keys of all pages. */

import { Dialog } from '../parts/dialog';

const keys: readonly { where: string; keys: readonly [string, string][] }[] = [
  {
    where: 'Everywhere',
    keys: [
      ['/ or ⌘K', 'search'],
      ['?', 'this list'],
      ['Esc', 'close, or take back a selection'],
      ['t', 'today'],
    ],
  },
  {
    where: 'Fleet',
    keys: [
      ['j k', 'next and previous machine'],
      ['Enter', "open the machine's day"],
      ['x', 'tick the machine'],
      ['Shift + click', 'tick all from the last one'],
    ],
  },
  {
    where: 'Day and range',
    keys: [
      ['← →', 'previous and next'],
      ['d w m y', 'day, week, month, year'],
      ['+ − 0', 'zoom in, out, whole day'],
      ['Shift + ← →', 'move along, in the lanes'],
    ],
  },
  {
    where: 'Team',
    keys: [
      ['← → ↑ ↓', 'from day to day, and machine to machine'],
      ['Enter', 'open the day'],
    ],
  },
  {
    where: 'Screenshots',
    keys: [
      ['← →', 'previous and next picture'],
      ['z', 'full size'],
      ['Del', 'delete'],
    ],
  },
];

export function KeysHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <div class="pad keys-help">
        {keys.map((group) => (
          <section key={group.where}>
            <h3>{group.where}</h3>
            <dl>
              {group.keys.map(([key, what]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
