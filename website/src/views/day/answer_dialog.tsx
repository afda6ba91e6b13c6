/** The tracked person says a word about a verdict. It stands beside the verdict everywhere. */

import { useState } from 'preact/hooks';
import { ApiError, ask, segment } from '../../api';
import { Dialog } from '../../parts/dialog';
import { Failed } from '../../shell/failed';
import type { ScriptedStretch } from './minutes';

const longest = 500;

interface AnswerDialogProps {
  machine: string;
  stretch: ScriptedStretch;
  onClose: () => void;
  onSaved: () => void;
}

export function AnswerDialog({ machine, stretch, onClose, onSaved }: AnswerDialogProps) {
  const [text, setText] = useState(stretch.answer?.text ?? '');
  const [error, setError] = useState<ApiError | null>(null);
  const [isSaving, setIsSaving] = useState(false);
  const save = async (event: Event) => {
    event.preventDefault();
    setIsSaving(true);
    try {
      const path = `/api/activity/${segment(machine)}/events/${segment(stretch.timestamp)}/answer`;
      await ask(path, { method: 'POST', body: { text } });
      onSaved();
    } catch (failed) {
      if (!(failed instanceof ApiError)) throw failed;
      setError(failed);
      setIsSaving(false);
    }
  };
  return (
    <Dialog title="Your answer to this verdict" onClose={onClose}>
      <form onSubmit={save}>
        <div class="pad">
          {error && <Failed error={error} />}
          <label class="label" for="answer">
            What was it?
          </label>
          <textarea
            class="input"
            id="answer"
            rows={4}
            maxLength={longest}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <p class="hint">
            Who may see your days sees it beside the verdict. You can change it; what it said before is kept. At most {longest}{' '}
            characters.
          </p>
        </div>
        <footer>
          <span class="grow" />
          <button type="button" class="btn" onClick={onClose}>
            Back
          </button>
          <button class="btn first" disabled={isSaving || text === (stretch.answer?.text ?? '')}>
            {text === '' ? 'Withdraw' : 'Save'}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
