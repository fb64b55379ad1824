/** What a newcomer sees when everything runs: where, with which key, and what to try. */
export function welcome(url: string, key: string | null, keyFile: string, sampleUrl: string | null): string {
  const lines = ['', `Breakwater is ready on ${url}   (API docs: ${url}/docs)`, ''];
  if (key) lines.push(`First admin key: ${key}`, `  also kept in ${keyFile}`, '');
  if (!sampleUrl) return lines.join('\n');
  return [...lines, ...tour(url, keyFile, sampleUrl), ''].join('\n');
}

function tour(url: string, keyFile: string, sampleUrl: string): string[] {
  const invoke = (capability: string, body: string): string =>
    `  curl -s -X POST "$BW/apps/sample/capabilities/${capability}/invoke" -H "$AUTH" -H "$JSON" -d '${body}'; echo`;
  return [
    `A sample app misbehaves on ${sampleUrl}. In another terminal, first:`,
    '',
    `  BW=${url}/api/v1; AUTH="Authorization: Bearer $(cat '${keyFile}')"; JSON='content-type: application/json'`,
    '',
    '1. A sync answer:',
    invoke('quiz_answer', '{"payload":{"question":"6 x 7"}}'),
    '',
    '2. A timeout turned into a fallback, after 1 s:',
    invoke('winner_selection', '{"payload":{},"context":{"participants":["ann","bob","cy"]}}'),
    '',
    '3. A circuit breaker that opens at the 5th failure and closes after the app is well again:',
    `  for n in 1 2 3 4 5 6; do curl -s -X POST "$BW/apps/sample/capabilities/failing/invoke" -H "$AUTH" -H "$JSON" -d '{"payload":{}}'; echo; done`,
    '  curl -s "$BW/admin/circuit-breaker/sample/failing" -H "$AUTH"; echo',
    `  curl -s -X POST ${sampleUrl}/control/failing -H "$JSON" -d '{"healthy":true}'; echo; sleep 6`,
    invoke('failing', '{"payload":{}}'),
    '',
    '4. An async delivery that fails twice and gets there by retries:',
    `  ID=$(curl -s -X POST "$BW/apps/sample/capabilities/flaky/invoke" -H "$AUTH" -H "$JSON" -d '{"payload":{"n":1}}' | sed 's/.*"deliveryId":"\\([^"]*\\)".*/\\1/')`,
    '  sleep 4; curl -s "$BW/deliveries/$ID" -H "$AUTH"; echo',
    '',
    '5. One that ends in the dead letters, and is sent again from there:',
    invoke('broken', '{"payload":{"n":2}}'),
    '  sleep 2; curl -s "$BW/admin/dlq?capability=broken" -H "$AUTH"; echo',
    `  curl -s -X POST ${sampleUrl}/control/broken -H "$JSON" -d '{"healthy":true}'; echo`,
    `  curl -s -X POST "$BW/admin/dlq/retry" -H "$AUTH" -H "$JSON" -d '{"filter":{"capability":"broken"}}'; echo`,
    '  sleep 2; curl -s "$BW/deliveries?capability=broken" -H "$AUTH"; echo',
    '',
    'Ctrl-C stops everything; the data stays. `npm start -- --no-demo` starts without the sample app.',
  ];
}
