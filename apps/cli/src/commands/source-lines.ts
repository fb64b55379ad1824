import { facts, table } from '../table.js';

export interface Source {
  name: string;
  url: string | null;
  verification: { preset?: string };
  secrets: object[];
  targets: { name: string; subscription: string; url: string; status: string; hold: string | null }[];
  previousUrls: { url: string | null; expiresAt: string }[];
  missing: string[];
  setup: {
    title: string;
    where: string;
    paste: string;
    secretHint: string;
    docs: string;
    note: string | null;
  } | null;
}

/** A source, its targets, and what to do at the provider. */
export function sourceLines({ setup, targets, previousUrls, secrets, missing, ...source }: Source): string[] {
  return [
    ...facts({
      ...source,
      secrets: secrets.length,
      missing: missing.length === 0 ? null : missing.join(', '),
    }),
    ...(previousUrls.length === 0
      ? []
      : ['', ...table(previousUrls, { 'former address': 'url', 'works until': 'expiresAt' })]),
    ...(targets.length === 0
      ? []
      : [
          '',
          ...table(targets, {
            target: 'name',
            url: 'url',
            status: 'status',
            hold: 'hold',
            subscription: 'subscription',
          }),
        ]),
    ...(setup === null
      ? []
      : [
          '',
          ...facts({
            [`at ${setup.title}`]: setup.where,
            paste: setup.paste,
            secret: setup.secretHint,
            note: setup.note,
            'see also': setup.docs,
          }),
        ]),
  ];
}
