/** What needs attention: causes, not machines, each with since when and one way on. Never verdicts about people. */

import { useState } from 'preact/hooks';
import { segment } from '../../api';
import { clock, counted, day, isoDay } from '../../format';
import { Icon } from '../../icons';
import { Copy } from '../../parts/copy';
import { Dialog } from '../../parts/dialog';
import { me } from '../../session';
import type { Attention, Fleet } from './fleet_data';
import { helpOf } from './help';
import { chooseCause } from './query';

interface AttentionListProps {
  attention: readonly Attention[];
  fleet: Fleet;
  zone: string;
}

/** A phone shows so many before the rest is asked for. */
const firstOnPhone = 3;

export function AttentionList({ attention, fleet, zone }: AttentionListProps) {
  const [helping, setHelping] = useState<Attention | null>(null);
  const [isAll, setIsAll] = useState(false);
  if (attention.length === 0) return null;
  const machines = new Set(attention.flatMap((each) => each.machines)).size;
  const most = Math.max(machines, ...attention.map((each) => each.count));
  const rest = attention.length - firstOnPhone;
  return (
    <section class="card" aria-labelledby="attention-heading">
      <header>
        <h2 id="attention-heading">Needs attention</h2>
        <span class="soft">
          {counted(most, 'machine')}, {counted(attention.length, 'cause')}
        </span>
        <span class="grow" />
        {me.value?.role === 'admin' && (
          <a class="btn quiet less no-phone" href="/admin/server">
            <Icon name="bell" />
            Webhook
          </a>
        )}
      </header>
      <ul class={isAll ? 'att all' : 'att'}>
        {attention.map((each) => (
          <AttentionRow
            key={each.cause + each.machines.join()}
            of={each}
            fleet={fleet}
            zone={zone}
            onHelp={() => setHelping(each)}
          />
        ))}
      </ul>
      {rest > 0 && !isAll && (
        <footer class="only-phone">
          <button type="button" class="link" onClick={() => setIsAll(true)}>
            {counted(rest, 'more cause')}
          </button>
        </footer>
      )}
      {helping && <HelpDialog of={helping} fleet={fleet} onClose={() => setHelping(null)} />}
    </section>
  );
}

interface AttentionRowProps {
  of: Attention;
  fleet: Fleet;
  zone: string;
  onHelp: () => void;
}

function AttentionRow({ of, fleet, zone, onHelp }: AttentionRowProps) {
  const { icon, title, many } = helpOf(of.cause);
  const first = of.machines[0];
  return (
    <li>
      <Icon name={icon} />
      <b class="cut">{of.count > 1 ? `${of.count} machines ${many}` : title}</b>
      <span class="cut">
        {first && <MachineLink id={first} fleet={fleet} />}
        {of.count > 1 && <span class="soft"> and {counted(of.count - 1, 'other')}</span>}
        <span class="soft"> · {of.detail}</span>
      </span>
      <span class="soft since">{of.since && sinceText(of.since, zone)}</span>
      <span class="att-acts">
        {of.count > 1 && (
          <button type="button" class="btn less no-phone" onClick={() => chooseCause(of.cause)}>
            Show the {of.count}
          </button>
        )}
        <button type="button" class="btn less" onClick={onHelp} aria-label={`What to do: ${title}`}>
          What to do
        </button>
      </span>
    </li>
  );
}

function sinceText(since: string, zone: string): string {
  return isoDay(since, zone) === isoDay(new Date(), zone) ? `since ${clock(since, zone)}` : `since ${day(since, zone)}`;
}

function MachineLink({ id, fleet }: { id: string; fleet: Fleet }) {
  return (
    <a href={`/machines/${segment(id)}`}>
      <bdi>{fleet.nameOf(id)}</bdi>
    </a>
  );
}

function HelpDialog({ of, fleet, onClose }: { of: Attention; fleet: Fleet; onClose: () => void }) {
  const help = helpOf(of.cause);
  const only = of.count === 1 ? of.machines[0] : undefined;
  const isConfiguration = of.cause === 'configuration_refused' || of.cause === 'rollout_held';
  return (
    <Dialog
      title={help.title}
      aside={<span class="soft">{counted(of.count, 'machine')}</span>}
      onClose={onClose}
      footer={
        <>
          {of.count > 1 && (
            <button
              type="button"
              class="btn"
              onClick={() => {
                onClose();
                chooseCause(of.cause);
              }}
            >
              Show the {of.count}
            </button>
          )}
          <span class="grow" />
          {isConfiguration && (
            <a class="btn" href={only === undefined ? '/configuration' : `/machines/${segment(only)}/configuration`}>
              Review the configuration
            </a>
          )}
          <button type="button" class="btn first" onClick={onClose}>
            Close
          </button>
        </>
      }
    >
      <div class="pad help">
        <p>{help.means}</p>
        <p>
          {of.machines.map((id, i) => (
            <span key={id}>
              {i > 0 && ', '}
              <MachineLink id={id} fleet={fleet} />
            </span>
          ))}
          {of.count > of.machines.length && <span class="soft"> and {counted(of.count - of.machines.length, 'other')}</span>}
          {of.detail && <span class="soft">: {of.detail}</span>}
        </p>
        <h3>What to do</h3>
        <ol>
          {help.steps.map((step) => (
            <li key={step.text}>
              {step.text}
              {step.command && <Copy text={step.command} />}
            </li>
          ))}
        </ol>
      </div>
    </Dialog>
  );
}
