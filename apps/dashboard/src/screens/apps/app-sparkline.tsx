import type { AppSummaryDto } from '@breakwater/client';
import { formatPercent } from '../../show/format.js';
import { Sparkline } from '../../show/sparkline.js';
import { hourlyRates } from './hourly-rates.js';

/** The success rate of an app in each of 24 hours. */
export function AppSparkline({ app }: { app: AppSummaryDto }) {
  const rates = hourlyRates(app.sparkline);
  const known = rates.filter((rate) => rate !== null);
  const label =
    known.length === 0
      ? 'No deliveries in 24 hours'
      : `Success rate by hour, lowest ${formatPercent(Math.min(...known))}`;
  return <Sparkline values={rates} label={label} top={1} />;
}
