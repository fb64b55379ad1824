interface Setting {
  name: string;
  section: string;
  about: string;
  value: string | null;
}

/** Those in which the text occurs, in any case. */
export function matchingSettings<T extends Setting>(settings: readonly T[], text: string): T[] {
  const wanted = text.trim().toLowerCase();
  return settings.filter(({ name, section, about, value }) =>
    [name, section, about, value ?? ''].some((part) => part.toLowerCase().includes(wanted)),
  );
}
