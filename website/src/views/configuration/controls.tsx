/** A control for each type of setting. What cannot be a value stays in its field, and is told. */

import { useId, useState } from 'preact/hooks';
import { Icon } from '../../icons';
import { parseNumber, type Setting, type Value } from './settings';

export interface ControlProps {
  setting: Setting;
  id: string;
  value: Value;
  /** What was typed and is no value. */
  text: string | undefined;
  readOnly: boolean;
  /** The id of what is wrong with it. */
  error: string | undefined;
  onValue: (value: Value) => void;
  onText: (text: string) => void;
}

export function Control(props: ControlProps) {
  const { setting } = props;
  if (setting.type === 'boolean') return <Switch {...props} />;
  if (setting.type === 'integer') return <NumberField {...props} />;
  if (setting.type === 'list') return <Tags {...props} />;
  return setting.choices ? <Choice {...props} choices={setting.choices} /> : <TextField {...props} />;
}

function Switch({ id, value, readOnly, error, onValue }: ControlProps) {
  return (
    <span class="yes">
      <input
        type="checkbox"
        role="switch"
        class="switch"
        id={id}
        checked={value === true}
        disabled={readOnly}
        aria-describedby={error}
        onChange={(event) => onValue(event.currentTarget.checked)}
      />
      <span aria-hidden="true">{value ? 'On' : 'Off'}</span>
    </span>
  );
}

function NumberField({ setting, id, value, text, readOnly, error, onValue, onText }: ControlProps) {
  const take = (typed: string) => {
    const number = parseNumber(setting, typed);
    if (typeof number === 'number') onValue(number);
    else onText(typed);
  };
  const field = (
    <input
      class="input"
      id={id}
      inputMode="numeric"
      autocomplete="off"
      value={text ?? String(value)}
      readOnly={readOnly}
      aria-invalid={error ? true : undefined}
      aria-describedby={error}
      onInput={(event) => take(event.currentTarget.value)}
      onKeyDown={(event) => {
        const step = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
        const number = Number(event.currentTarget.value) + step;
        if (step === 0 || readOnly || Number.isNaN(number)) return;
        event.preventDefault();
        take(String(Math.max(setting.min ?? 0, Math.min(setting.max ?? number, number))));
      }}
    />
  );
  if (!setting.unit) return field;
  return (
    <div class="unit">
      {field}
      <span>{setting.unit}</span>
    </div>
  );
}

function Choice({ id, value, choices, readOnly, error, onValue }: ControlProps & { choices: readonly string[] }) {
  return (
    <select
      class="select"
      id={id}
      value={String(value)}
      disabled={readOnly}
      aria-describedby={error}
      onChange={(event) => onValue(event.currentTarget.value)}
    >
      {choices.map((choice) => (
        <option value={choice} key={choice}>
          {choice || 'none'}
        </option>
      ))}
    </select>
  );
}

function TextField({ id, value, readOnly, error, onValue }: ControlProps) {
  return (
    <input
      class="input"
      id={id}
      autocomplete="off"
      spellcheck={false}
      value={String(value)}
      placeholder="none"
      readOnly={readOnly}
      aria-invalid={error ? true : undefined}
      aria-describedby={error}
      onInput={(event) => onValue(event.currentTarget.value)}
    />
  );
}

/** Names, each with a cross; Enter or a comma adds what is typed, Backspace takes the last one away. */
function Tags({ setting, id, value, text, readOnly, error, onValue, onText }: ControlProps) {
  const names = value as readonly string[];
  const hint = useId();
  const [said, say] = useState('');
  const add = (typed: string) => {
    const more = typed
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name && !names.includes(name));
    onValue([...names, ...more]);
    if (more.length) say(`${more.join(', ')} added`);
  };
  const remove = (name: string) => {
    onValue(names.filter((each) => each !== name));
    say(`${name} removed`);
  };
  return (
    <div class="tags" role="group" aria-label={setting.key}>
      {names.map((name) => (
        <span class="chip" key={name}>
          <bdi>{name}</bdi>
          {!readOnly && (
            <button type="button" class="cross" aria-label={`Remove ${name}`} onClick={() => remove(name)}>
              <Icon name="x" />
            </button>
          )}
        </span>
      ))}
      {!readOnly && (
        <input
          id={id}
          autocomplete="off"
          spellcheck={false}
          value={text ?? ''}
          placeholder={names.length ? 'add' : 'none; type to add'}
          aria-describedby={error ?? hint}
          onInput={(event) => {
            const typed = event.currentTarget.value;
            if (typed.endsWith(',')) add(typed);
            else if (typed === '') onValue(names);
            else onText(typed);
          }}
          onKeyDown={(event) => {
            const typed = event.currentTarget.value;
            if (event.key === 'Enter') {
              event.preventDefault();
              if (typed.trim()) add(typed);
            } else if (event.key === 'Backspace' && typed === '' && names.length) remove(names.at(-1)!);
          }}
          onBlur={(event) => event.currentTarget.value.trim() && add(event.currentTarget.value)}
        />
      )}
      <span class="sr" id={hint}>
        Enter or a comma adds it
      </span>
      <span class="sr" role="status">
        {said}
      </span>
    </div>
  );
}
