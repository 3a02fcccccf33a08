// Labelled inputs, each with its hint and with what is wrong, for eyes and for screen readers.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useWords } from '../texts';
import { Eye, EyeOff } from './icons';

interface Told {
  label: string;
  hint?: string;
  optional?: boolean;
  wrong?: string | undefined;
}

interface FrameProps extends Told {
  id: string;
  children: ComponentChildren;
}

function Frame({ id, label, hint, optional, wrong, children }: FrameProps) {
  const { t } = useWords();
  return (
    <div class="field">
      <label for={id}>
        {label} {optional && <small>({t('optional')})</small>}
      </label>
      {hint && <p id={`${id}-hint`} class="hint">{hint}</p>}
      {children}
      {wrong && <p id={`${id}-wrong`} class="wrong">{wrong}</p>}
    </div>
  );
}

function described(id: string, { hint, wrong }: Told) {
  const by = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(' ');
  return { 'aria-describedby': by || undefined, 'aria-invalid': Boolean(wrong) };
}

interface Typed extends Told {
  value: string;
  onValue: (value: string) => void;
  autocomplete?: string;
  /** Whether it takes the focus when it comes. */
  focused?: boolean;
}

interface TextProps extends Typed {
  type?: 'text' | 'search' | 'date';
  class?: string;
  inputMode?: 'text' | 'numeric' | 'email' | 'tel';
  autocapitalize?: 'none';
  spellcheck?: boolean;
  required?: boolean;
  readOnly?: boolean;
  maxLength?: number;
  min?: string;
  max?: string;
}

function useFocus(focused = false) {
  const here = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focused) {
      here.current?.focus();
    }
  }, []);
  return here;
}

export function TextField({ label, hint, optional, wrong, onValue, focused, type = 'text', ...input }: TextProps) {
  const id = useId();
  const told = { label, hint, optional, wrong };
  const here = useFocus(focused);
  return (
    <Frame id={id} {...told}>
      <input
        ref={here}
        id={id}
        type={type as 'text'}
        {...described(id, told)}
        {...input}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </Frame>
  );
}

export function PasswordField({ label, hint, wrong, onValue, value, autocomplete, focused }: Typed) {
  const { t } = useWords();
  const id = useId();
  const [shown, setShown] = useState(false);
  const told = { label, hint, wrong };
  const here = useFocus(focused);
  return (
    <Frame id={id} {...told}>
      <div class="with-button">
        <input
          ref={here}
          id={id}
          type={(shown ? 'text' : 'password') as 'text'}
          value={value}
          autocomplete={autocomplete}
          autocapitalize="none"
          spellcheck={false}
          required
          {...described(id, told)}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
        <button type="button" class="inside" aria-pressed={shown} aria-label={t('showPassword')} onClick={() => setShown(!shown)}>
          {shown ? <EyeOff /> : <Eye />}
        </button>
      </div>
    </Frame>
  );
}

interface SelectProps extends Told {
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onValue: (value: string) => void;
}

export function SelectField({ label, hint, optional, wrong, options, value, onValue }: SelectProps) {
  const id = useId();
  const told = { label, hint, optional, wrong };
  return (
    <Frame id={id} {...told}>
      <select id={id} {...described(id, told)} onChange={(event) => onValue(event.currentTarget.value)}>
        {options.map(([each, name]) => (
          <option key={each} value={each} selected={each === value}>
            {name}
          </option>
        ))}
      </select>
    </Frame>
  );
}
