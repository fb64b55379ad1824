import { appsGet, appsVersion } from '@breakwater/client/functions';
import { appsSchemaOptions } from '@breakwater/client/queries';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useLinks } from '../../session/use-links.js';
import { useScope } from '../../session/session.js';
import { Answer } from '../../show/answer.js';
import { Page } from '../../show/page.js';
import { ManifestForm } from './manifest-form.js';

const EXAMPLE = `${JSON.stringify(
  {
    name: 'My app',
    ownerEmail: 'owner@example.com',
    baseUrl: 'https://app.example.com',
    webhooks: {
      answer: {
        url: '/hooks/answer',
        timeout: 5000,
        fallback: { strategy: 'static', value: { answer: null } },
      },
    },
    subscriptions: { orders: { url: '/hooks/orders', events: ['order.*'] } },
  },
  null,
  2,
)}\n`;

/** The manifest of an app: read, change, try, register, roll back. */
export function ManifestScreen() {
  const { appId } = useParams({ strict: false }) as { appId: string };
  const links = useLinks();
  const { isPortal } = useScope();
  const active = useQuery({
    queryKey: ['active-manifest', appId],
    queryFn: async ({ signal }) => {
      const { data: app } = await appsGet({ path: { appId }, signal, throwOnError: true });
      const path = { appId, version: app.manifestVersion };
      const { data: version } = await appsVersion({ path, signal, throwOnError: true });
      return { name: app.name, ...version };
    },
  });
  const name = active.data?.name ?? appId;
  const schema = useQuery({
    ...appsSchemaOptions(),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
  });
  return (
    <Page
      title={`Manifest of ${name}`}
      about="What the app offers and hears. A change is in force for the next call; calls in progress end as they began."
      above={[
        { title: 'Apps', to: links.apps() },
        { title: name, to: links.app(appId) },
      ]}
    >
      <Answer query={active} what="versions">
        {(stored) => (
          <ManifestForm
            key={`${appId} ${stored.version}`}
            appId={appId}
            active={stored}
            schema={schema.data}
            mayChange={!isPortal}
          />
        )}
      </Answer>
    </Page>
  );
}

/** A new app begins with its manifest. */
export function RegisterApp() {
  const links = useLinks();
  const schema = useQuery({
    ...appsSchemaOptions(),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
  });
  return (
    <Page
      title="Register an app"
      about="An app is registered by its manifest: where it is, what it offers, and which events it hears."
      above={[{ title: 'Apps', to: links.apps() }]}
    >
      <ManifestForm appId={null} active={null} example={EXAMPLE} schema={schema.data} mayChange />
    </Page>
  );
}
