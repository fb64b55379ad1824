export interface Welcome {
  url: string;
  /** The first admin key if it was created just now. */
  key: string | null;
  keyFile: string;
  /** Null without the sample app. */
  sampleUrl: string | null;
  /** Lines that a person must see. */
  notes: readonly string[];
}

/** Printed when everything runs: the URL, the key, and what to try. */
export function welcome({ url, key, keyFile, sampleUrl, notes }: Welcome): string {
  const lines = [
    '',
    `Breakwater is ready on ${url}   (the dashboard: sign in with the key; API docs: ${url}/docs)`,
    '',
    ...notes.flatMap((note) => [note, '']),
  ];
  if (key) lines.push(`First admin key: ${key}`, `  also kept in ${keyFile}`, '');
  if (!sampleUrl) return lines.join('\n');
  return [...lines, ...tour(url, keyFile, sampleUrl), ''].join('\n');
}

/** Prints one line for each subscription of an event. */
const SHOW = [
  'const { deliveries, skipped } = JSON.parse(require("fs").readFileSync(0))',
  'for (const d of deliveries) console.log(d.subscription + ": " + d.status + ", attempts: " + d.attempts)',
  'for (const s of skipped) console.log(s.subscription + ": skipped, " + s.reason + (s.term ? " " + s.term : ""))',
].join('; ');

/** Prints a member of the JSON that is piped to it. */
const MEMBER = 'console.log(JSON.parse(require("fs").readFileSync(0))[process.argv[1]])';

/** Prints the signature that GitHub would send, of its argument. */
const SIGN =
  'console.log("sha256=" + require("crypto").createHmac("sha256", "secret-of-the-code-host").update(process.argv[1]).digest("hex"))';

function tour(url: string, keyFile: string, sampleUrl: string): string[] {
  const invoke = (capability: string, body: string): string =>
    `  curl -s -X POST "$BW/apps/sample/capabilities/${capability}/invoke" -H "$AUTH" -H "$JSON" -d '${body}'; echo`;
  const control = (name: string, healthy: boolean): string =>
    `curl -s -X POST ${sampleUrl}/control/${name} -H "$JSON" -d '{"healthy":${healthy}}'`;
  return [
    `A sample app misbehaves on ${sampleUrl}. In another terminal, first (each step can be watched in the dashboard):`,
    '',
    `  BW=${url}/api/v1; AUTH="Authorization: Bearer $(cat '${keyFile}')"; JSON='content-type: application/json'`,
    '',
    '1. A sync answer:',
    invoke('quiz_answer', '{"payload":{"question":"6 x 7"}}'),
    '',
    '2. A timeout turned into a fallback, after 1 s:',
    invoke('winner_selection', '{"payload":{},"context":{"participants":["ann","bob","cy"]}}'),
    '',
    '3. A circuit breaker that opens at the 5th failure and closes after the app is healthy again (screen Breakers):',
    `  ${control('failing', false)} -o /dev/null; curl -s -X POST "$BW/admin/circuit-breaker/sample/failing/reset" -H "$AUTH" -o /dev/null`,
    `  for n in 1 2 3 4 5 6; do curl -s -X POST "$BW/apps/sample/capabilities/failing/invoke" -H "$AUTH" -H "$JSON" -d '{"payload":{}}'; echo; done`,
    '  curl -s "$BW/admin/circuit-breaker/sample/failing" -H "$AUTH"; echo',
    `  ${control('failing', true)}; echo; sleep 6`,
    invoke('failing', '{"payload":{}}'),
    '',
    '4. An async delivery that fails twice and succeeds by retries (screen Deliveries):',
    `  ID=$(curl -s -X POST "$BW/apps/sample/capabilities/flaky/invoke" -H "$AUTH" -H "$JSON" -d '{"payload":{"n":1}}' | sed 's/.*"deliveryId":"\\([^"]*\\)".*/\\1/')`,
    '  sleep 4; curl -s "$BW/deliveries/$ID" -H "$AUTH"; echo',
    '',
    '5. One that becomes a dead letter, and is sent again from there (screen Dead letters):',
    `  ${control('broken', false)} -o /dev/null`,
    invoke('broken', '{"payload":{"n":2}}'),
    '  sleep 2; curl -s "$BW/admin/dlq?capability=broken" -H "$AUTH"; echo',
    `  ${control('broken', true)}; echo`,
    `  curl -s -X POST "$BW/admin/dlq/retry" -H "$AUTH" -H "$JSON" -d '{"filter":{"capability":"broken"}}'; echo`,
    '  sleep 2; curl -s "$BW/deliveries?capability=broken" -H "$AUTH"; echo',
    '',
    '6. An event for four subscriptions: a filter skips one, and one that fails delays no other and is retried (screen Events):',
    `  ${control('stock', false)} -o /dev/null`,
    `  ID=$(curl -s -X POST "$BW/events" -H "$AUTH" -H "$JSON" -d '{"appId":"sample","type":"order.created","payload":{"id":"o-17","total":42}}' | sed 's/.*"eventId":"\\([^"]*\\)".*/\\1/')`,
    `  show() { curl -s "$BW/events/$ID" -H "$AUTH" | node -e '${SHOW}'; }`,
    '  sleep 2; show',
    `  ${control('stock', true)}; echo; sleep 4; show`,
    '',
    '7. A webhook of a code host, signed as GitHub signs: verified, kept as it came, and forwarded; one with a wrong signature is kept, and not forwarded (screen Inbound):',
    `  curl -s -o /dev/null -X POST "$BW/apps/sample/sources" -H "$AUTH" -H "$JSON" -d '{"name":"code-host","verification":{"preset":"github"},"secret":"secret-of-the-code-host","targets":[{"name":"main","url":"/pushes"}]}'`,
    `  member() { node -e '${MEMBER}' "$1"; }; HOOK=$(curl -s "$BW/apps/sample/sources/code-host" -H "$AUTH" | member url)`,
    `  BODY='{"ref":"refs/heads/main"}'; SIGNATURE=$(node -e '${SIGN}' "$BODY")`,
    `  push() { curl -s -X POST "$HOOK" -H "$JSON" -H "X-GitHub-Delivery: $(date +%s)-$RANDOM" -H "X-Hub-Signature-256: $1" -d "$BODY"; }`,
    '  ID=$(push "$SIGNATURE" | member id); push sha256=00; echo',
    '  curl -s "$BW/apps/sample/sources/code-host/captures?limit=2" -H "$AUTH"; echo',
    `  sleep 2; curl -s "$BW/events/$ID" -H "$AUTH" | node -e '${SHOW}'`,
    '',
    'Each step can be repeated: 3, 5 and 6 begin with the lines that make the app fail again.',
    'A demo with a day of history is on all lists; `curl -s -X DELETE "$BW/admin/demo" -H "$AUTH"` removes it, with the sample app.',
    'Your own webhooks on this machine: start with `npm start -- --allow-localhost`.',
    'Ctrl-C stops everything; the data stays. `npm start -- --no-demo` starts without the sample app.',
  ];
}
