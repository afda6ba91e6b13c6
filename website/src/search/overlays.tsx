/** Where the search and the help on keys are shown, above any page. */

import { lazy } from '../parts/lazy';
import { overlay } from './open';

const Palette = lazy(() => import('./palette').then((file) => file.Palette));
const KeysHelp = lazy(() => import('./keys_help').then((file) => file.KeysHelp));

const close = (): void => {
  overlay.value = null;
};

export function Overlays() {
  if (overlay.value === 'search') return <Palette onClose={close} />;
  if (overlay.value === 'keys') return <KeysHelp onClose={close} />;
  return null;
}
