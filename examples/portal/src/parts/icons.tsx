// The pictures of the page, drawn with the colour of the text beside them; words say the same.
import type { ComponentChildren } from 'preact';

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const Eye = () => (
  <Icon>
    <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z" />
    <circle cx="12" cy="12" r="3" />
  </Icon>
);

export const EyeOff = () => (
  <Icon>
    <path d="M4 4l16 16M9.5 5.9A9 9 0 0112 5.5c6 0 9.5 6.5 9.5 6.5a17 17 0 01-3 3.7M6.3 7.8A17 17 0 002.5 12S6 18.5 12 18.5a9 9 0 003.7-.8M10 10a3 3 0 004.1 4.2" />
  </Icon>
);

export const Paper = () => (
  <Icon>
    <path d="M6 3.5h8l4.5 4.5v12.5H6z" />
    <path d="M13.5 3.5V8.5h5M9 13h6.5M9 16.5h6.5" />
  </Icon>
);

export const Opening = () => (
  <Icon>
    <path d="M13.5 4.5h6v6M19.5 4.5l-8.5 8.5M17.5 14v5.5h-13v-13H10" />
  </Icon>
);

export const Saving = () => (
  <Icon>
    <path d="M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4.5 19.5h15" />
  </Icon>
);

export const Sending = () => (
  <Icon>
    <path d="M12 15.5v-11M7.5 9L12 4.5 16.5 9M4.5 19.5h15" />
  </Icon>
);

export const Tick = () => (
  <Icon>
    <path d="M5 12.5l4.5 4.5L19 7.5" />
  </Icon>
);

export const Cross = () => (
  <Icon>
    <path d="M6 6l12 12M18 6L6 18" />
  </Icon>
);

export const Person = () => (
  <Icon>
    <circle cx="12" cy="8" r="4" />
    <path d="M4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6" />
  </Icon>
);

/** The vault's door. */
export const Mark = () => (
  <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect x="2" y="3" width="28" height="26" rx="6" />
    <circle cx="16" cy="16" r="6.5" />
    <path d="M16 6.5v3.5M16 22v3.5M6.5 16h3.5M22 16h3.5" />
  </svg>
);
