/** What is recorded, what never is, and whether that can be changed from afar. */

import type { ComponentChildren } from 'preact';
import { counted } from '../../format';
import { Icon, type IconName } from '../../icons';
import { Loaded, type Resource, SkeletonRows } from '../../parts/resource';
import type { MachineConfiguration } from './recorded_settings';

export function Recorded({ configuration }: { configuration: Resource<MachineConfiguration> }) {
  return (
    <div class="me-two">
      <section class="card" aria-labelledby="recorded-heading">
        <header>
          <h2 id="recorded-heading">Recorded now</h2>
          <span class="grow" />
          <a class="btn quiet less" href="#changes">
            What changed
          </a>
        </header>
        <Loaded of={configuration} what="What is recorded" skeleton={<SkeletonRows rows={6} />}>
          {(now) => <What now={now} />}
        </Loaded>
      </section>
      <div class="me-column">
        <section class="card" aria-labelledby="never-heading">
          <header>
            <h2 id="never-heading">Not recorded</h2>
          </header>
          <ul class="me-never">
            {[
              'Which keys you press',
              'The clipboard, files and their contents',
              'Sound and camera',
              'Web addresses',
              'Where you are, but for the time zone',
              'Anything while paused; pictures while locked',
            ].map((what) => (
              <li key={what}>
                <Icon name="gone" />
                {what}
              </li>
            ))}
          </ul>
        </section>
        <section class="card" aria-labelledby="afar-heading">
          <header>
            <h2 id="afar-heading">Can this be changed from afar?</h2>
          </header>
          <Loaded of={configuration} what="This" skeleton={<SkeletonRows rows={2} />}>
            {(now) => <Afar now={now} />}
          </Loaded>
        </section>
      </div>
    </div>
  );
}

interface ItemProps {
  icon: IconName;
  name: string;
  how: string;
  children: ComponentChildren;
}

function Item({ icon, name, how, children }: ItemProps) {
  return (
    <li>
      <Icon name={icon} />
      <b>{name}</b>
      <span class="me-how">{how}</span>
      <p>{children}</p>
    </li>
  );
}

function What({ now }: { now: MachineConfiguration }) {
  const isOn = (key: string) => now.value(key) === true;
  return (
    <ul class="me-what">
      <Item icon="keys" name="Keys, clicks, scrolling" how="Counted">
        How many in each interval of {String(now.value('collect_interval_sec'))} s. Which key is never stored or sent.
      </Item>
      <Item icon="pointer" name="Pointer" how="Counted">
        The length of its path, not where it went.
      </Item>
      <Item icon="window" name="Application in use" how={isOn('features.window_titles') ? 'Name and title' : 'Name only'}>
        {isOn('features.window_titles')
          ? 'Such as "Firefox", and the title of the window in use.'
          : 'Such as "Firefox". Titles of windows are off.'}
      </Item>
      <Item icon="camera" name="Screenshots" how={screenshotsHow(now)}>
        <Screenshots now={now} />
      </Item>
      <Item icon="flag" name="Genuine or scripted" how="Judged there">
        Whether a person or a program moved and typed, judged on your machine. It is wrong at times: a verdict is a lead, not
        proof.
        {isOn('features.input_measures') && ' The measures that it goes by are kept.'}
      </Item>
      <Item icon="load" name="Load of the machine" how={isOn('features.track_system_stats') ? 'Percent' : 'Off'}>
        CPU, memory and disks, once in each interval.
      </Item>
    </ul>
  );
}

function screenshotsHow(now: MachineConfiguration): string {
  if (now.value('features.screenshots') !== true) return 'Off';
  const words = [];
  if (now.value('screenshots.blur') === true) words.push('Blurred');
  if (now.value('screenshots.public_key')) words.push('sealed');
  return words.join(', ') || 'As they are';
}

function Screenshots({ now }: { now: MachineConfiguration }) {
  if (now.value('features.screenshots') !== true) return <>None are taken.</>;
  const excluded = now.value('screenshots.excluded_apps');
  const names = Array.isArray(excluded) ? excluded : [];
  return (
    <>
      Once in every {String(now.value('screenshots.interval_min'))} min, while you are active.{' '}
      {names.length > 0 && (
        <>
          Not while <bdi>{names.join(', ')}</bdi> {names.length === 1 ? 'is' : 'are'} in sight.{' '}
        </>
      )}
      {now.value('screenshots.blur') === true ? 'Blurred before they leave the agent. ' : 'They are not blurred. '}
      {now.value('screenshots.public_key')
        ? 'This server cannot open them; whoever has the key can.'
        : 'Whoever may see your machine can see them.'}
    </>
  );
}

function Afar({ now }: { now: MachineConfiguration }) {
  return (
    <p class="pad small-text">
      {now.mayLoosen
        ? 'Yes. The file on this machine lets the server loosen your privacy (remote.may_loosen). You are told on your desktop at each such change.'
        : 'Only towards less. This machine does not let a server loosen your privacy.'}
      {now.leftOut.length > 0 && (
        <>
          {' '}
          {counted(now.leftOut.length, 'setting')} that would have done so {now.leftOut.length === 1 ? 'is' : 'are'} not in force
          here: <code>{now.leftOut.join(', ')}</code>.
        </>
      )}
      {now.error && (
        <>
          {' '}
          The last change was refused: <code>{now.error.key}</code> {now.error.reason}.
        </>
      )}
    </p>
  );
}
