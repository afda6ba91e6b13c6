/** A screenshot: small or whole, and opened where it is sealed and its key was given. */

import { useEffect, useState } from 'preact/hooks';
import { segment } from '../../api';
import { Icon } from '../../icons';
import { openKeyId, openSealed } from '../../sealed/opener';
import type { Screenshot } from './slots';

interface PictureProps {
  machine: string;
  screenshot: Screenshot;
  isSealed: boolean;
  /** In px; the whole picture where it is not given. */
  width?: number;
  alt: string;
}

export function pathOf(machine: string, screenshot: Screenshot): string {
  return `/api/screenshots/${segment(machine)}/${segment(screenshot.same_as ?? screenshot.id)}`;
}

export function Picture(props: PictureProps) {
  if (props.isSealed) return <SealedPicture {...props} />;
  const path = pathOf(props.machine, props.screenshot);
  const source = props.width ? `${path}/thumbnail?width=${props.width}` : `${path}/content`;
  return <img class="thumb" src={source} alt={props.alt} loading="lazy" draggable={false} />;
}

function SealedPicture({ machine, screenshot, alt }: PictureProps) {
  const key = openKeyId.value;
  const opened = useOpened(key && `${pathOf(machine, screenshot)}/content`);
  if (opened.url) return <img class="thumb" src={opened.url} alt={alt} draggable={false} />;
  return (
    <span class={opened.why ? 'sealed bad' : 'sealed'}>
      <Icon name={opened.why ? 'x' : 'lock'} />
      <span>{opened.why ?? (key ? 'Opening' : 'Sealed')}</span>
    </span>
  );
}

/** The content as a URL of this page, which is taken back with the component or the key. */
function useOpened(path: string | null): { url?: string; why?: string } {
  const [opened, setOpened] = useState<{ url?: string; why?: string }>({});
  useEffect(() => {
    setOpened({});
    if (path === null) return;
    const end = new AbortController();
    let url = '';
    fetch(path, { signal: end.signal })
      .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error('It could not be loaded.'))))
      .then(openSealed)
      .then((content) => {
        url = URL.createObjectURL(content);
        if (end.signal.aborted) URL.revokeObjectURL(url);
        else setOpened({ url });
      })
      .catch((error: Error) => !end.signal.aborted && setOpened({ why: error.message }));
    return () => {
      end.abort();
      URL.revokeObjectURL(url);
    };
  }, [path]);
  return opened;
}
