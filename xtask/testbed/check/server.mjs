// Which servers are checked, and what do they say when asked?

import assert from 'node:assert/strict';

export const HOMESERVER = process.env.NARTHEX_TESTBED_OAUTH;
export const AUTHORIZATION = process.env.NARTHEX_TESTBED_AUTHORIZATION_OAUTH;
const CONTROL = process.env.NARTHEX_TESTBED_CONTROL_OAUTH;

export async function whoami(accessToken) {
  const answer = await fetch(`${HOMESERVER}/_matrix/client/v3/account/whoami`, {
    headers: { Authorization: `Bearer ${accessToken}` },
  });
  return { status: answer.status, body: await answer.json() };
}

export async function assertSignedOut(accessToken) {
  const { status, body } = await whoami(accessToken);
  assert.deepEqual([status, body.errcode], [401, 'M_UNKNOWN_TOKEN']);
}

export async function control(path, body) {
  const answer = await fetch(`${AUTHORIZATION}/_test/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { Authorization: `Bearer ${CONTROL}` },
    body: body && JSON.stringify(body),
  });
  return { status: answer.status, body: answer.ok ? await answer.json() : await answer.text() };
}

// Turns knobs for as long as the test runs; once in a test, as what was before comes back at the end.
export async function turn(test, changes) {
  const { body: before } = await control('knobs', {});
  test.after(() => control('knobs', before));
  assert.equal((await control('knobs', changes)).status, 200);
}
