/** A component whose code is loaded when it is first shown. */

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../icons';

export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  return (props: P) => {
    const [state, setState] = useState<'waiting' | 'there' | 'failed'>(loaded ? 'there' : 'waiting');
    useEffect(() => {
      if (loaded) return;
      load().then(
        (Component) => {
          loaded = Component;
          setState('there');
        },
        () => setState('failed'),
      );
    }, []);
    if (loaded) {
      const Component = loaded;
      return <Component {...props} />;
    }
    if (state !== 'failed') return null;
    return (
      <div class="note bad" role="alert">
        <Icon name="alert" />
        <div class="grow">
          This part could not be loaded: the server is away, or was updated. Load the page again; what you typed is kept.
        </div>
      </div>
    );
  };
}
