/** The search: a field, and a list below it that the arrow keys go through while the focus stays in the field. */

import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Icon } from '../icons';
import { navigate } from '../router';
import { type Found, type FoundGroup, useSearch } from './find';

export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const search = useSearch(text);
  const all = search.groups.flatMap((group) => group.found);
  const at = Math.min(chosen, all.length - 1);

  useEffect(() => {
    const element = dialog.current!;
    element.showModal();
    return () => element.close();
  }, []);
  useEffect(() => {
    dialog.current!.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [at, text]);

  const open = (found: Found | undefined) => {
    if (!found) return;
    onClose();
    navigate(found.href);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined) {
      const wraps = Math.abs(step) === 1;
      const to = at + step;
      setChosen(wraps ? (to + all.length) % Math.max(1, all.length) : Math.max(0, Math.min(all.length - 1, to)));
    } else if (event.key === 'Enter') open(all[at]);
    else return;
    event.preventDefault();
  };
  const close = (event: Event) => {
    event.preventDefault();
    onClose();
  };
  return (
    <dialog
      ref={dialog}
      class="palette"
      aria-label="Search"
      onCancel={close}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div class="palette-box">
        <div class="palette-field">
          <Icon name="search" />
          <input
            type="text"
            role="combobox"
            aria-label="Machine, person, group, setting or page"
            placeholder="Machine, person, group, setting or page"
            aria-expanded={all.length > 0}
            aria-controls={`${id}-list`}
            aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
            aria-autocomplete="list"
            autocomplete="off"
            spellcheck={false}
            maxLength={128}
            autofocus
            value={text}
            onInput={(event) => {
              setText(event.currentTarget.value);
              setChosen(0);
            }}
            onKeyDown={onKey}
          />
          <kbd>Esc</kbd>
        </div>
        <Results id={id} groups={search.groups} at={at} onPoint={setChosen} onOpen={open} />
        <p class="palette-note" role="status">
          {noteOf(text, all.length, search.isWaiting, search.hasFailed)}
        </p>
      </div>
    </dialog>
  );
}

function noteOf(text: string, count: number, isWaiting: boolean, hasFailed: boolean): string {
  if (hasFailed) return 'Machines, people and groups could not be searched just now.';
  if (text.trim() !== '' && count === 0) return isWaiting ? 'Searching…' : `Nothing has “${text.trim()}” in it.`;
  return '↑ ↓ to choose, Enter to open';
}

interface ResultsProps {
  id: string;
  groups: readonly FoundGroup[];
  at: number;
  onPoint: (index: number) => void;
  onOpen: (found: Found) => void;
}

function Results({ id, groups, at, onPoint, onOpen }: ResultsProps) {
  let index = -1;
  return (
    <div role="listbox" id={`${id}-list`} aria-label="Found" class="palette-list">
      {groups.map((group) => (
        <div role="group" aria-labelledby={`${id}-${group.title}`} key={group.title}>
          <div class="palette-head" role="presentation" id={`${id}-${group.title}`}>
            {group.title}
          </div>
          {group.found.map((found) => {
            const here = ++index;
            return (
              <div
                role="option"
                id={`${id}-${here}`}
                key={found.href}
                class="palette-option"
                aria-selected={here === at}
                onPointerMove={() => here !== at && onPoint(here)}
                onClick={() => onOpen(found)}
              >
                <Icon name={found.icon} />
                <bdi>{found.label}</bdi>
                <span class="soft cut">{found.detail}</span>
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}
