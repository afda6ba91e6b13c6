/** Taking one's data along, and having it erased. */

import { useState } from 'preact/hooks';
import { ask, segment } from '../../api';
import { Icon } from '../../icons';
import { useAct } from '../../parts/act';
import { FormDialog } from '../../parts/form_dialog';

export function YourData({ machine }: { machine: string }) {
  const [asks, setAsks] = useState(false);
  const [isErasing, setIsErasing] = useState(false);
  const path = `/api/activity/${segment(machine)}/export`;
  return (
    <section class="card me-acts" aria-labelledby="data-heading">
      <header>
        <h2 id="data-heading">Your data</h2>
      </header>
      <div>
        <div class="grow">
          <h3>Take it with you</h3>
          <p>All events of this machine, as a table or line by line. Screenshots can be fetched one by one from their page.</p>
        </div>
        <a class="btn" href={`${path}?format=csv`} download>
          <Icon name="save" />
          CSV
        </a>
        <a class="btn" href={`${path}?format=jsonl`} download>
          <Icon name="save" />
          JSON
        </a>
      </div>
      <div>
        <div class="grow">
          <h3>Delete all of it</h3>
          <p>
            {isErasing
              ? 'It is being erased. The agent can send nothing more for this machine.'
              : 'Events, hours, screenshots, the label and the credential of this machine. That it happened stays in the audit log.'}
          </p>
        </div>
        <button type="button" class="btn risk" disabled={isErasing} onClick={() => setAsks(true)}>
          <Icon name="trash" />
          Delete…
        </button>
      </div>
      {asks && (
        <EraseDialog
          machine={machine}
          onClose={() => setAsks(false)}
          onErased={() => {
            setAsks(false);
            setIsErasing(true);
          }}
        />
      )}
    </section>
  );
}

function EraseDialog({ machine, onClose, onErased }: { machine: string; onClose: () => void; onErased: () => void }) {
  const [typed, setTyped] = useState('');
  const act = useAct();
  const erase = async () => {
    if (await act.run(() => ask(`/api/machines/${segment(machine)}`, { method: 'DELETE' }))) onErased();
  };
  return (
    <FormDialog
      title="Delete all that is recorded of this machine?"
      submit={
        <>
          <Icon name="trash" />
          Delete all
        </>
      }
      isRisk
      disabled={typed !== machine}
      keep="Keep it"
      act={act}
      onSubmit={erase}
      onClose={onClose}
    >
      <p>It cannot be brought back. The agent's credential ends: to be recorded again, the machine has to be enrolled anew.</p>
      <label class="label me-confirm" for="confirm-machine">
        To confirm, type <span class="mono">{machine}</span>
      </label>
      <input
        class="input"
        id="confirm-machine"
        autocomplete="off"
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
