import type { ComponentChildren } from 'preact';
import { Icon } from '../icons';
import { Menu } from './menu';

interface GroupMenuProps {
  /** How many machines are in each group; see groupSizes(). */
  sizes: ReadonlyMap<string, number>;
  /** The group that is shown; "" for all machines. */
  group: string;
  onChoose: (group: string) => void;
  class: string;
  label: string;
  children: ComponentChildren;
}

/** Narrows a page down to the machines of one group. */
export function GroupMenu({ sizes, group, onChoose, class: extra, label, children }: GroupMenuProps) {
  const items = [...sizes].map(([name, size]) => ({
    label: (
      <>
        <bdi>{name}</bdi> <span class="soft">{size}</span>
      </>
    ),
    checked: group === name,
    act: () => onChoose(name),
  }));
  return (
    <Menu
      class={extra}
      label={label}
      button={
        <>
          {children}
          <Icon name="down" class="end" />
        </>
      }
      items={[{ label: 'All machines', checked: group === '', act: () => onChoose('') }, ...items]}
    />
  );
}
