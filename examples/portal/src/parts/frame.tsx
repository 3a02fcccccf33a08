// What stands around every screen: the firm's name, the menu, and who is signed in.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ViewerQuery } from '../gql/graphql';
import { useWords } from '../texts';
import { Mark, Person } from './icons';
import { Link, type Place } from './route';

export type Viewer = NonNullable<ViewerQuery['viewer']>;

interface FrameProps {
  viewer: Viewer;
  place: Place;
  onSignOut: () => void;
  children: ComponentChildren;
}

export function Frame({ viewer, place, onSignOut, children }: FrameProps) {
  const { t } = useWords();
  return (
    <>
      <a class="skip" href="#content">{t('skip')}</a>
      <header class="top">
        <div class="brand">
          <Mark />
          <p>
            <strong>{viewer.licence.name}</strong>
            <span>{t('vault')}</span>
          </p>
        </div>
        <nav aria-label={t('menu')}>
          <Link to="home" current={place === 'home'}>{t('documents')}</Link>
          <Link to="upload" current={place === 'upload'}>{t('uploadDocument')}</Link>
        </nav>
        <div class="who">
          <Link to="profile" current={place === 'profile'} class="person">
            <Person />
            <span>
              <span class="unseen">{t('profile')}: </span>
              {viewer.email ?? viewer.account.displayName}
            </span>
          </Link>
          <button type="button" class="quiet" onClick={onSignOut}>{t('signOut')}</button>
        </div>
      </header>
      <main id="content" tabIndex={-1}>{children}</main>
    </>
  );
}

interface ScreenProps {
  title: string;
  lead?: string;
  children: ComponentChildren;
}

/** A screen with its title, which is read out when the screen opens. */
export function Screen({ title, lead, children }: ScreenProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Kluis`;
    // Not where a field has taken the focus already.
    if (document.activeElement === document.body || document.activeElement?.closest('header')) {
      heading.current?.focus({ preventScroll: true });
    }
    scrollTo(0, 0);
  }, [title]);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>{title}</h1>
      {lead && <p class="lead">{lead}</p>}
      {children}
    </>
  );
}
