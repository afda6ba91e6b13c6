/** The tracked person says a word about a verdict. It stands beside the verdict everywhere. */

import { useState } from 'preact/hooks';
import { ask, segment } from '../../api';
import { ActError, useAct } from '../../parts/act';
import { Dialog } from '../../parts/dialog';
import type { ScriptedStretch } from './minutes';

const longest = 500;

interface AnswerDialogProps {
  machine: string;
  stretch: ScriptedStretch;
  onClose: () => void;
  /** Called before it closes. */
  onSaved: () => void;
}

export function AnswerDialog({ machine, stretch, onClose, onSaved }: AnswerDialogProps) {
  const [text, setText] = useState(stretch.answer?.text ?? '');
  const act = useAct();
  const save = async (event: Event) => {
    event.preventDefault();
    const path = `/api/activity/${segment(machine)}/events/${segment(stretch.timestamp)}/answer`;
    if (!(await act.run(async () => void (await ask(path, { method: 'POST', body: { text } }))))) return;
    onSaved();
    onClose();
  };
  return (
    <Dialog title="Your answer to this verdict" onClose={onClose}>
      <form onSubmit={save}>
        <div class="pad">
          <ActError of={act} />
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
          <button class="btn first" disabled={act.isRunning || text === (stretch.answer?.text ?? '')}>
            {text === '' ? 'Withdraw' : 'Save'}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
