/** Where the search and the help on keys are shown, above any page. */

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type Overlay, overlay } from './open';

type OverlayView = ComponentType<{ onClose: () => void }>;

const loaders: Record<Overlay, () => Promise<{ default: OverlayView }>> = {
  search: () => import('./palette'),
  keys: () => import('./keys_help'),
};

const close = (): void => {
  overlay.value = null;
};

export function Overlays() {
  const wanted = overlay.value;
  const [loaded, setLoaded] = useState<Partial<Record<Overlay, OverlayView>>>({});
  useEffect(() => {
    if (!wanted || loaded[wanted]) return;
    loaders[wanted]().then(({ default: view }) => setLoaded((now) => ({ ...now, [wanted]: view })), close);
  }, [wanted]);
  const View = wanted && loaded[wanted];
  return View ? <View onClose={close} /> : null;
}
