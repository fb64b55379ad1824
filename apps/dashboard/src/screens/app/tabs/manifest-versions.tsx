import { appsGetOptions, appsVersionsOptions } from '@breakwater/client/queries';
import type { ManifestVersionDto } from '@breakwater/client';
import { useQuery } from '@tanstack/react-query';
import { useLinks } from '../../../session/use-links.js';
import { Answer } from '../../../show/answer.js';
import { Time } from '../../../show/clock.js';
import { plural } from '../../../show/format.js';
import { Rows, type Column } from '../../../show/rows.js';
import { StateBadge } from '../../../show/state-badge.js';
import { Below } from './below.js';

const SHOWN = 10;

/** The latest versions; their screen compares them and rolls back. */
export function ManifestVersions({ appId }: { appId: string }) {
  const links = useLinks();
  const app = useQuery(appsGetOptions({ path: { appId } }));
  const versions = useQuery(appsVersionsOptions({ path: { appId }, query: { limit: SHOWN } }));
  const columns: Column<ManifestVersionDto>[] = [
    { id: 'version', title: 'Version', cell: ({ version }) => version },
    {
      id: 'state',
      title: 'State',
      cell: ({ version }) =>
        version === app.data?.manifestVersion ? <StateBadge state="active" word="in force" /> : '–',
    },
    { id: 'created', title: 'Registered', cell: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'by', title: 'By', cell: ({ createdBy }) => <span className="breakable">{createdBy}</span> },
  ];
  return (
    <Answer query={versions} what="versions">
      {({ items, nextCursor }) => (
        <>
          <Rows
            label="Versions of the manifest, newest first"
            rows={items}
            columns={columns}
            idOf={({ version }) => String(version)}
          />
          <Below
            text={`${plural(items.length, 'version')}, newest first`}
            hasMore={nextCursor !== null}
            to={links.manifest(appId)}
            title="Edit, compare, roll back"
          />
        </>
      )}
    </Answer>
  );
}
