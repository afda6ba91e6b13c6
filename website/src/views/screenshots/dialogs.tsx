/** The light box, the key that opens sealed pictures, and the question before one is deleted. */

import { useState } from 'preact/hooks';
import { ask } from '../../api';
import { clockText } from '../../charts/time_scale';
import { count, dur } from '../../format';
import { Icon } from '../../icons';
import { Confirm } from '../../parts/confirm';
import { Dialog } from '../../parts/dialog';
import { useKey } from '../../sealed/opener';
import { pathOf, Picture } from './picture';
import { type ChosenProps, slotOf } from './side';
import { isSealed, type Screenshot, type SlotDay } from './slots';

export function LightBox(props: Omit<ChosenProps, 'onEnlarge'> & { onClose: () => void }) {
  const { machine, day, screenshot, onGo, onClose, onDelete, mayDelete } = props;
  const [isWhole, setIsWhole] = useState(false);
  const slot = slotOf(day, screenshot);
  const place = day.screenshots.indexOf(screenshot) + 1;
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft') onGo(-1);
    else if (event.key === 'ArrowRight') onGo(1);
    else if (event.key === 'z') setIsWhole(!isWhole);
    else if (event.key === 'Delete' && mayDelete) onDelete();
    else return;
    event.preventDefault();
  };
  return (
    <div onKeyDown={onKey}>
      <Dialog
        class="light-box"
        title={clockText(day.zones, Date.parse(screenshot.taken_at), true)}
        aside={
          <>
            <span class="soft">
              {place} of {day.screenshots.length}
            </span>
            <span class="grow" />
            <span class="row no-phone soft small">
              <kbd>←</kbd>
              <kbd>→</kbd>
              <span>next</span>
              <kbd>z</kbd>
              <span>size</span>
              {mayDelete && (
                <>
                  <kbd>Del</kbd>
                  <span>delete</span>
                </>
              )}
            </span>
            <a class="btn quiet less icon" href={`${pathOf(machine, screenshot)}/content`} download aria-label="Download">
              <Icon name="save" />
            </a>
          </>
        }
        onClose={onClose}
      >
        <div class={isWhole ? 'light-picture whole' : 'light-picture'}>
          <Picture
            machine={machine}
            screenshot={screenshot}
            isSealed={isSealed(day, screenshot)}
            alt={`Screen at ${screenshot.taken_at}`}
          />
        </div>
        {slot && (
          <dl class="light-facts">
            <div>
              <dt>Active in these ten minutes</dt>
              <dd>{dur(slot.counts.active_sec / 60)}</dd>
            </div>
            <div>
              <dt>Keys</dt>
              <dd>{count(slot.counts.key_count)}</dd>
            </div>
            <div>
              <dt>Clicks</dt>
              <dd>{count(slot.counts.mouse_clicks)}</dd>
            </div>
          </dl>
        )}
      </Dialog>
    </div>
  );
}

export function KeyDialog({ sealed, onClose }: { sealed: number; onClose: () => void }) {
  const [key, setKey] = useState('');
  const [why, setWhy] = useState('');
  const open = async (event: Event) => {
    event.preventDefault();
    try {
      await useKey(key);
      onClose();
    } catch (error) {
      setWhy((error as Error).message);
    }
  };
  const take = async (event: DragEvent) => {
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    // A key's file has a line or two.
    if (file && file.size < 4_096) setKey(await file.text());
  };
  return (
    <Dialog class="key-dialog" title={`Open ${sealed} sealed ${sealed === 1 ? 'picture' : 'pictures'}`} onClose={onClose}>
      <form onSubmit={open} onDragOver={(event) => event.preventDefault()} onDrop={take}>
        <div class="pad">
          <label class="label" for="private-key">
            Private key
          </label>
          <input
            class="input"
            id="private-key"
            type="password"
            placeholder="atkey_…"
            autocomplete="off"
            value={key}
            aria-invalid={why ? true : undefined}
            aria-describedby="private-key-hint"
            onInput={(event) => setKey(event.currentTarget.value)}
          />
          {why && (
            <p class="hint bad" role="alert">
              {why}
            </p>
          )}
          <p class="hint" id="private-key-hint">
            Or drop its file here. It stays in this page and is forgotten after 15 min, or when you close the tab.
          </p>
          <div class="note key-note">
            <Icon name="info" />
            <div>
              The server that sent this page could have sent one that keeps your key. <code>activitytrack-report open</code> on
              your own computer cannot be changed by it. The tracked person sees that you fetched them.
            </div>
          </div>
        </div>
        <footer>
          <span class="grow" />
          <button type="button" class="btn" onClick={onClose}>
            Back
          </button>
          <button class="btn first" disabled={key.trim() === ''}>
            Open
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

interface DeleteDialogProps {
  machine: string;
  day: SlotDay;
  screenshot: Screenshot;
  onClose: () => void;
  onDeleted: () => void;
}

export function DeleteDialog({ machine, day, screenshot, onClose, onDeleted }: DeleteDialogProps) {
  return (
    <Confirm
      title={`Delete the picture of ${clockText(day.zones, Date.parse(screenshot.taken_at), true)}?`}
      act="Delete"
      icon="trash"
      keep="Keep it"
      onClose={onClose}
      onAct={async () => {
        await ask(pathOf(machine, { ...screenshot, same_as: null }), { method: 'DELETE' });
        onDeleted();
      }}
    >
      It is gone for everybody, and cannot be brought back. That it was deleted, and by whom, stays in the list of who looked.
    </Confirm>
  );
}
