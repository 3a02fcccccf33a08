// Which screen the address names, and links between them that load nothing anew.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

export type Place = 'home' | 'upload' | 'profile' | 'first-password';
const PLACES: readonly Place[] = ['home', 'upload', 'profile', 'first-password'];
const BASE = import.meta.env.BASE_URL;
const MOVED = 'kluis:moved';

function placeNow(): Place {
  const rest = location.pathname.slice(BASE.length);
  return PLACES.find((it) => it === rest) ?? 'home';
}

export function go(place: Place): void {
  history.pushState(null, '', BASE + place);
  dispatchEvent(new Event(MOVED));
}

/** The screen to show; it changes with the address. */
export function usePlace(): Place {
  const [place, setPlace] = useState(placeNow);
  useEffect(() => {
    const look = () => setPlace(placeNow());
    addEventListener('popstate', look);
    addEventListener(MOVED, look);
    return () => {
      removeEventListener('popstate', look);
      removeEventListener(MOVED, look);
    };
  }, []);
  return place;
}

interface LinkProps {
  to: Place;
  class?: string;
  current?: boolean;
  children: ComponentChildren;
}

export function Link({ to, current, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    // Whoever wants a new tab gets one.
    if (!(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      go(to);
    }
  };
  return (
    <a href={BASE + to} aria-current={current ? 'page' : undefined} onClick={follow} {...rest}>
      {children}
    </a>
  );
}
