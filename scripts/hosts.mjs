// `npm run hosts -- --rounds 10`: hosts with networks of their own are killed, frozen and cut off; PostgreSQL fails over
// by Patroni, Redis by Sentinels. Each promised time is checked.
import { repeat } from './repeat.mjs';

await repeat('HOSTS_ROUNDS', 10);
