import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../icons';

/** A component whose code is loaded when it is first shown: a dialog that few open. Nothing is shown until then. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  return function Lazy(props: P) {
    const [View, setView] = useState(() => loaded);
    const [hasFailed, setFailed] = useState(false);
    useEffect(() => {
      if (View) return;
      load().then(
        (component) => {
          loaded = component;
          setView(() => component);
        },
        () => setFailed(true),
      );
    }, []);
    if (View) return <View {...props} />;
    return hasFailed ? <NotLoaded /> : null;
  };
}

/** Another version of the server has other files. */
function NotLoaded() {
  return (
    <div class="note bad" role="alert">
      <Icon name="alert" />
      <div class="grow">This part could not be loaded: the server is away, or was updated. Load the page again.</div>
    </div>
  );
}
