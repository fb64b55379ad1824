// `npm run outages -- --rounds 20`: PostgreSQL and Redis fail in every way, and each promised time is checked.
import { repeat } from './repeat.mjs';

await repeat('OUTAGE_ROUNDS', 20);
