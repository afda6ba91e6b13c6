/** A setting: its control, what it accepts, where its value comes from, and what a change of it would loosen. */

import { counted, day, viewerZone } from '../../format';
import { Icon } from '../../icons';
import { Control } from './controls';
import { change, type Draft, isChanged, keepText, undo } from './drafts';
import { type Effect, machinesOf, type Scope, type World } from './model';
import { overriders, type Source, sourceOf } from './origin';
import { isSame, labelOf, parseNumber, rangeOf, type Setting, type Values, wordsOf } from './settings';

export interface RowProps {
  world: World;
  scope: Scope;
  setting: Setting;
  /** What the scope says, as edited. */
  values: Values;
  saved: Values;
  groups: readonly string[];
  draft: Draft | null;
  effect: Effect | undefined;
  /** Why the server would refuse it. */
  reason: string | undefined;
  readOnly: boolean;
}

export function Row(props: RowProps) {
  const { world, scope, setting, values, saved, draft, effect, readOnly } = props;
  const { key } = setting;
  const id = `setting-${key}`;
  const source = sourceOf(world, scope, setting, values, props.groups);
  const text = draft?.texts[key];
  const isNew = draft !== null && isChanged(draft, key);
  const isLoose = effect !== undefined && effect.left_out + effect.loosened > 0;
  const reason = wrong(setting, text) ?? props.reason;
  const error = reason ? `${id}-error` : undefined;
  const isOwn = key in saved;
  return (
    <div class={`f ${isNew ? 'new' : ''} ${isLoose ? 'loose' : ''}`} data-key={key}>
      <div>
        {setting.type === 'list' && readOnly ? (
          <span class="lb">{labelOf(setting)}</span>
        ) : (
          <label for={id}>{labelOf(setting)}</label>
        )}{' '}
        <code>{key}</code>
        <div class="says">
          {setting.help}{' '}
          {setting.needs_restart && (
            <span class="restart">
              <Icon name="turn" /> waits for a restart of the agent
            </span>
          )}
        </div>
      </div>
      <div>
        <Control
          setting={setting}
          id={id}
          value={source.value}
          text={text}
          readOnly={readOnly}
          error={error}
          onValue={(value) => change(world, scope, key, value)}
          onText={(typed) => keepText(world, scope, key, typed)}
        />
        {reason && (
          <p class="hint bad" id={error} role="alert">
            {reason}
          </p>
        )}
      </div>
      <div class="rng">
        {rangeOf(setting) && <span>{rangeOf(setting)}</span>}
        <span class="cut">default {wordsOf(setting, setting.default).replace(` ${setting.unit}`, '')}</span>
      </div>
      <From {...props} source={source} isNew={isNew} />
      {!readOnly && (isNew || isOwn) ? (
        <button
          type="button"
          class="btn quiet less icon"
          aria-label={`Reset ${labelOf(setting)}`}
          title={isNew ? 'Back to what is saved' : 'Take it from the layer below'}
          onClick={() => (isNew ? undo(world, scope, key) : change(world, scope, key, null))}
        >
          <Icon name="undo" />
        </button>
      ) : (
        <span />
      )}
      {isLoose && <Loosens effect={effect} />}
    </div>
  );
}

/** What the page itself finds wrong with what was typed. */
function wrong(setting: Setting, text: string | undefined): string | undefined {
  if (text === undefined || setting.type !== 'integer') return undefined;
  const number = parseNumber(setting, text);
  return typeof number === 'number' ? undefined : number.reason;
}

function From({ world, scope, setting, saved, draft, source, isNew }: RowProps & { source: Source; isNew: boolean }) {
  const { key } = setting;
  const before = key in saved ? saved[key]! : sourceOf(world, scope, setting, {}, world.own?.groups ?? []).value;
  const isReset = isNew && draft?.changes[key] === null;
  const over = overriders(world, scope, setting);
  const leftOut = isNew ? 0 : machinesOf(world, scope).filter((machine) => machine.left_out.includes(key)).length;
  const who = source.made;
  return (
    <div class="src">
      {isNew ? (
        <span>
          <b>
            {isReset
              ? `Reset, from ${source.name}`
              : isSame(before, source.value)
                ? 'Said here now'
                : `Changed, was ${wordsOf(setting, before)}`}
          </b>
        </span>
      ) : (
        <span>
          {who || source.isOwn ? <b>{source.name}</b> : source.name}
          {who && `, version ${who.version}`}
        </span>
      )}
      {!isNew && who && !over.length && (
        <span>
          <bdi>{who.by}</bdi>, {day(who.at, viewerZone).replace(/^\w+ /, '')}
        </span>
      )}
      {over.map((line) => (
        <span key={line}>{line}</span>
      ))}
      {leftOut > 0 && (
        <span class="left-out">
          {scope.kind === 'machine' ? 'left out: looser than its own' : `left out on ${counted(leftOut, 'machine')}`}
        </span>
      )}
    </div>
  );
}

function Loosens({ effect }: { effect: Effect }) {
  const all = effect.left_out + effect.loosened;
  const who =
    all === 1
      ? effect.loosened
        ? 'The machine lets a server do so.'
        : 'The machine does not let a server do so: it is left out there.'
      : `${effect.loosened || 'None'} of the ${counted(all, 'machine')} that this reaches ${effect.loosened === 1 ? 'lets' : 'let'} a server do so.`;
  return (
    <div class="why">
      <Icon name="eye" />
      <span>
        Loosens privacy: {looser(effect)}. {who}
      </span>
    </div>
  );
}

/** In what way, by how much. */
function looser({ key, from, to }: Effect): string {
  if (key === 'screenshots.interval_min' && typeof from === 'number' && typeof to === 'number' && from > to)
    return from === 2 * to ? 'twice as many pictures' : `a picture every ${to} min, not every ${from}`;
  return reasons[key] ?? 'looser than what the machine has by itself';
}

const reasons: Readonly<Record<string, string>> = {
  'features.screenshots': 'pictures of the screen are taken',
  'features.window_titles': 'titles of windows are kept',
  'features.input_measures': 'measures of the input are kept',
  'screenshots.when': 'pictures are taken at other moments',
  'screenshots.interval_min': 'more pictures',
  'screenshots.blur': 'pictures can be read',
  'screenshots.blur_kind': 'another blur than the machine has by itself',
  'screenshots.blur_sigma': 'large text may become readable',
  'screenshots.pixel_block': 'large text may become readable',
  'screenshots.full_size': 'larger pictures show more',
  'screenshots.excluded_apps': 'an application that the machine excludes is not excluded',
  'screenshots.notify_each': 'people are not told of each picture',
};
