/** The tracked person says a word about a verdict. It stands beside the verdict everywhere. */

import { useState } from 'preact/hooks';
import { ask, segment } from '../../api';
import { useAct } from '../../parts/act';
import { FormDialog } from '../../parts/form_dialog';
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
  const save = async () => {
    const path = `/api/activity/${segment(machine)}/events/${segment(stretch.timestamp)}/answer`;
    if (!(await act.run(() => ask(path, { method: 'POST', body: { text } })))) return;
    onSaved();
    onClose();
  };
  return (
    <FormDialog
      title="Your answer to this verdict"
      submit={text === '' ? 'Withdraw' : 'Save'}
      disabled={text === (stretch.answer?.text ?? '')}
      act={act}
      onSubmit={save}
      onClose={onClose}
    >
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
    </FormDialog>
  );
}
