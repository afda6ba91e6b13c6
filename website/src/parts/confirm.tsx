/** Asks before something is done, and says the consequence. */

import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from '../icons';
import { ActError, useAct } from './act';
import { Dialog } from './dialog';

interface ConfirmProps {
  title: string;
  /** What comes of it. */
  children: ComponentChildren;
  /** What the button says. */
  act: string;
  icon?: IconName;
  keep?: string;
  onAct: () => Promise<void>;
  onClose: () => void;
}

export function Confirm({ title, children, act, icon, keep = 'Back', onAct, onClose }: ConfirmProps) {
  const acting = useAct();
  const go = async () => {
    if (await acting.run(onAct)) onClose();
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <span class="grow" />
          <button type="button" class="btn" onClick={onClose}>
            {keep}
          </button>
          <button type="button" class="btn risk" disabled={acting.isRunning} onClick={go}>
            {icon && <Icon name={icon} />}
            {act}
          </button>
        </>
      }
    >
      <div class="pad">
        <ActError of={acting} />
        {children}
      </div>
    </Dialog>
  );
}
