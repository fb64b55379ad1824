import type { Kind } from './kinds.js';

/** One environment variable: its property, the values it may have, and its description. */
export interface Setting {
  env: string;
  key: string;
  kind: Kind;
  about: string;
  section: string;
  required: boolean;
  /** `true` hides the whole value, `'password'` the password inside a URL. */
  secret: boolean | 'password';
  /** The default that the table shows when the code computes it. */
  defaultText?: string;
}

type Extras = Partial<Pick<Setting, 'section' | 'required' | 'secret' | 'defaultText'>>;

const registry = new Map<object, Setting[]>();

/** Binds a property to an environment variable; its initialiser is the default. */
export function Setting(env: string, kind: Kind, about: string, extras: Extras = {}): PropertyDecorator {
  return (prototype, property) => {
    const key = String(property);
    for (const rule of kind.rules) rule(prototype, property);
    const title = (prototype.constructor as { title?: string }).title ?? 'General';
    const setting = { section: title, required: false, secret: false, ...extras, env, key, kind, about };
    registry.set(prototype, [...(registry.get(prototype) ?? []), setting]);
  };
}

/** The settings declared on the class of `holder`, in the order of the source. */
export function settingsOf(holder: object): readonly Setting[] {
  return registry.get(Object.getPrototypeOf(holder) as object) ?? [];
}
