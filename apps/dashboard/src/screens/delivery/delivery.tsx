import { deliveriesGetOptions } from '@breakwater/client/queries';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { subjectOf } from '../../show/delivery-words.js';
import { Page } from '../../show/page.js';
import { StateBadge } from '../../show/state-badge.js';
import { DeliveryActs } from './delivery-acts.js';
import { DeliveryStory } from './delivery-story.js';

/** While it waits or is sent, a delivery changes from second to second, ms. */
const MOVING_MS = 2000;

/** One delivery: what became of it, each attempt, and what a person can do. */
export function Delivery() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const links = useLinks();
  const delivery = useQuery({
    ...deliveriesGetOptions({ path: { id } }),
    refetchInterval: ({ state }) => (state.data?.status === 'pending' ? MOVING_MS : 30_000),
  });
  const { data } = delivery;
  return (
    <Page
      title={data ? subjectOf(data) : 'Delivery'}
      above={[{ title: 'Deliveries', to: links.deliveries() }]}
      mark={data ? <StateBadge state={data.status} /> : null}
      about={
        <>
          Delivery and webhook-id <span className="mono breakable">{id}</span>
        </>
      }
      actions={data ? <DeliveryActs delivery={data} /> : null}
    >
      <Answer query={delivery} what="deliveries" height={480}>
        {(story) => <DeliveryStory story={story} />}
      </Answer>
    </Page>
  );
}
