/** People: their roles, their machines, and how they sign in. */

import { useState } from 'preact/hooks';
import { ask, type Role, segment } from '../../api';
import { count, day, viewerZone } from '../../format';
import { Icon } from '../../icons';
import { Confirm } from '../../parts/confirm';
import { Menu } from '../../parts/menu';
import { Loaded, SkeletonRows, useResource } from '../../parts/resource';
import { me } from '../../session';
import { readAll } from './pages_of';
import { PersonDialog } from './person_dialog';

export interface Person {
  user: string;
  role: Role;
  machines: string[];
  created_at: string;
}

type Asked = { what: 'add' } | { what: 'edit'; person: Person } | AskedQuestion;

interface AskedQuestion {
  what: keyof typeof questions;
  person: Person;
}

export function People() {
  const people = useResource('/api/users', (signal) => readAll<Person>('/api/users', 'users', signal));
  const [asked, setAsked] = useState<Asked | null>(null);
  const done = () => {
    setAsked(null);
    people.retry();
  };
  return (
    <section class="card" aria-labelledby="people-heading">
      <header>
        <h2 id="people-heading">People</h2>
        <span class="soft">{people.data ? count(people.data.length) : ''}</span>
        <span class="grow" />
        <button type="button" class="btn less first" onClick={() => setAsked({ what: 'add' })}>
          <Icon name="plus" />
          Add a person
        </button>
      </header>
      <Loaded of={people} what="People" skeleton={<SkeletonRows rows={5} />}>
        {(all) => (
          <div class="box">
            <table class="tbl admin-tbl">
              <thead>
                <tr>
                  <th>Name</th>
                  <th>Role</th>
                  <th>Machines</th>
                  <th>Since</th>
                  <th>
                    <span class="sr">What to do</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {all.map((person) => (
                  <tr key={person.user}>
                    <td>
                      <bdi>{person.user}</bdi>
                      {person.user === me.value?.user && <span class="soft"> (you)</span>}
                    </td>
                    <td>{person.role}</td>
                    <td class="admin-machines cut">
                      {person.role === 'admin' ? (
                        <span class="soft">all</span>
                      ) : (
                        <bdi title={person.machines.join('\n')}>{person.machines.join(', ')}</bdi>
                      )}
                    </td>
                    <td class="soft">{day(person.created_at, viewerZone)}</td>
                    <td class="num">
                      <PersonMenu person={person} onAsk={setAsked} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      {asked?.what === 'add' && <PersonDialog onClose={() => setAsked(null)} onDone={people.retry} />}
      {asked?.what === 'edit' && <PersonDialog person={asked.person} onClose={() => setAsked(null)} onDone={people.retry} />}
      {asked && asked.what !== 'add' && asked.what !== 'edit' && (
        <Question asked={asked} onClose={() => setAsked(null)} onDone={done} />
      )}
    </section>
  );
}

function PersonMenu({ person, onAsk }: { person: Person; onAsk: (asked: Asked) => void }) {
  const isMe = person.user === me.value?.user;
  return (
    <Menu
      class="btn quiet less icon"
      label={`What to do with ${person.user}`}
      button={<Icon name="more" />}
      items={[
        { label: 'Change…', icon: 'sliders', act: () => onAsk({ what: 'edit', person }) },
        { label: 'End their sessions…', icon: 'out', act: () => onAsk({ what: 'sessions', person }) },
        { label: 'End their second factor…', icon: 'key', disabled: isMe, act: () => onAsk({ what: 'factor', person }) },
        { label: 'Remove…', icon: 'trash', risk: true, disabled: isMe, act: () => onAsk({ what: 'remove', person }) },
      ]}
    />
  );
}

const questions = {
  sessions: {
    title: 'End the sessions of',
    act: 'End them',
    below: '/sessions',
    text: 'They are signed out everywhere, and can sign in again.',
  },
  factor: {
    title: 'End the second factor of',
    act: 'End it',
    below: '/second-factor',
    text: 'Until they make a new one, their password is enough. Only where you know that it is they who ask.',
  },
  remove: {
    title: 'Remove',
    act: 'Remove',
    below: '',
    text: 'They cannot sign in any more. Their tokens end, and what these made.',
  },
} as const;

function Question({ asked, onClose, onDone }: { asked: AskedQuestion; onClose: () => void; onDone: () => void }) {
  const question = questions[asked.what];
  return (
    <Confirm
      title={`${question.title} ${asked.person.user}?`}
      act={question.act}
      onClose={onClose}
      onAct={async () => {
        await ask(`/api/users/${segment(asked.person.user)}${question.below}`, { method: 'DELETE' });
        onDone();
      }}
    >
      {question.text}
    </Confirm>
  );
}
