import {
  sourcesPause,
  sourcesRemove,
  sourcesResume,
  sourcesRotateKey,
  type SourceDto,
} from '@breakwater/client/functions';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useLinks } from '../../session/use-links.js';
import { ConfirmAct } from '../../show/confirm.js';

export type SourceActName = 'pause' | 'resume' | 'rotate' | 'remove';

/** Asks before a source is changed, and does it. */
export function SourceAct({
  act,
  source,
  onClose,
}: {
  act: SourceActName;
  source: SourceDto;
  onClose: () => void;
}) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const links = useLinks();
  const { appId, name, targets } = source;
  const path = { appId, source: name };
  const shared = { isOpen: true, onClose };
  const renew = (): void => void queries.invalidateQueries();
  if (act === 'pause')
    return (
      <ConfirmAct
        {...shared}
        title={`Pause ${name}?`}
        effect="Requests are answered, stored and counted as before; nothing is forwarded until it is resumed."
        verb="Pause"
        asksReason="optional"
        run={(reason) => sourcesPause({ path, body: reason === '' ? {} : { reason }, throwOnError: true })}
        done={() => {
          renew();
          return `${name} is paused.`;
        }}
      />
    );
  if (act === 'resume')
    return (
      <ConfirmAct
        {...shared}
        title={`Resume ${name}?`}
        effect="What waits is forwarded, at the pace of each target."
        verb="Resume"
        run={() => sourcesResume({ path, throwOnError: true })}
        done={() => {
          renew();
          return `${name} is resumed.`;
        }}
      />
    );
  if (act === 'rotate')
    return (
      <ConfirmAct
        {...shared}
        title={`Make a new address for ${name}?`}
        effect="The address has a new key. The address until now stays valid for 24 hours: change it at the provider in this time."
        verb="Make a new address"
        run={() => sourcesRotateKey({ path, body: {}, throwOnError: true })}
        done={() => {
          renew();
          return `${name} has a new address; the one before is valid for 24 hours.`;
        }}
      />
    );
  return (
    <ConfirmAct
      {...shared}
      title={`Delete ${name}?`}
      effect={`Its address and its ${targets.length === 1 ? 'target' : `${targets.length} targets`} are deleted at once; later requests get 404. What was captured stays until its retention ends. This cannot be undone.`}
      verb="Delete"
      isDangerous
      typed={name}
      run={() => sourcesRemove({ path, throwOnError: true })}
      done={() => {
        renew();
        void navigate({ to: links.inbound({ app: appId }) });
        return `${name} is deleted.`;
      }}
    />
  );
}
