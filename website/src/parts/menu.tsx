import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from '../icons';

export interface MenuItem {
  label: ComponentChildren;
  /** Called when the item is chosen; the menu is closed by then. */
  act?: () => void;
  /** In place of an act: a page. */
  href?: string;
  isCurrent?: boolean;
  icon?: IconName;
  /** Of several that exclude each other, unless `many` may be. */
  checked?: boolean;
  many?: true;
  risk?: boolean;
  disabled?: boolean;
}

interface MenuProps {
  /** What the button shows. */
  button: ComponentChildren;
  /** Of the button, where it shows only an icon; and of the menu. */
  label: string;
  items: MenuItem[];
  /** Above the items. */
  heading?: ComponentChildren;
  class?: string;
}

/** A button with a menu, by the keys that the ARIA practices ask for: arrows, Home, End, Escape, first letters. */
export function Menu({ button, label, items, heading, class: extra = 'btn less' }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLSpanElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!open) return;
    const leave = (event: Event) => {
      if (!root.current!.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', leave);
    document.addEventListener('focusin', leave);
    choices(root.current!)[
      Math.max(
        0,
        items.findIndex((item) => item.checked),
      )
    ]?.focus();
    return () => {
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('focusin', leave);
    };
  }, [open]);

  const close = () => {
    setOpen(false);
    opener.current!.focus();
  };
  return (
    <span class="menu-root" ref={root} onKeyDown={(event) => open && onKey(event, root.current!, close)}>
      <button
        type="button"
        class={extra}
        ref={opener}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {button}
      </button>
      {open && (
        <div class={opensToRight(opener.current!) ? 'menu to-right' : 'menu'} role="menu" id={id} aria-label={label}>
          {heading && <p role="presentation">{heading}</p>}
          {items.map((item, i) => (
            <Item key={i} item={item} close={close} />
          ))}
        </div>
      )}
    </span>
  );
}

/** A menu stays on the page: it opens towards the middle. */
function opensToRight(opener: HTMLElement): boolean {
  return opener.getBoundingClientRect().left < innerWidth / 2;
}

function Item({ item, close }: { item: MenuItem; close: () => void }) {
  const role = item.checked === undefined ? 'menuitem' : item.many ? 'menuitemcheckbox' : 'menuitemradio';
  const words = (
    <>
      {item.checked !== undefined ? item.checked ? <Icon name="check" /> : <span class="i" /> : null}
      {item.icon && <Icon name={item.icon} />}
      <span class="grow cut">{item.label}</span>
    </>
  );
  if (item.href !== undefined)
    return (
      <a role={role} href={item.href} tabIndex={-1} aria-current={item.isCurrent ? 'page' : undefined} onClick={close}>
        {words}
      </a>
    );
  return (
    <button
      type="button"
      role={role}
      aria-checked={item.checked}
      class={item.risk ? 'risk' : undefined}
      disabled={item.disabled}
      tabIndex={-1}
      onClick={() => {
        close();
        item.act?.();
      }}
    >
      {words}
    </button>
  );
}

function choices(root: HTMLElement): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>('[role^="menuitem"]:not(:disabled)')];
}

function onKey(event: KeyboardEvent, root: HTMLElement, close: () => void) {
  const all = choices(root);
  const here = all.indexOf(document.activeElement as HTMLElement);
  const go = (index: number) => all[(index + all.length) % all.length]?.focus();
  if (event.key === 'ArrowDown') go(here + 1);
  else if (event.key === 'ArrowUp') go(here - 1);
  else if (event.key === 'Home') go(0);
  else if (event.key === 'End') go(-1);
  else if (event.key === 'Escape' || event.key === 'Tab') close();
  else if (event.key.length === 1) {
    const letter = event.key.toLowerCase();
    const after = [...all.slice(here + 1), ...all.slice(0, here + 1)];
    after.find((item) => item.textContent!.trim().toLowerCase().startsWith(letter))?.focus();
    return;
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
