// Does a device without a browser sign in there?

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { App, CLIENT, register } from './app.mjs';
import { Browser } from './browser.mjs';
import { HOMESERVER, turn, whoami } from './server.mjs';

const DEMO = { username: 'demo', password: 'correct horse battery staple' };
let metadata;
let clientId;

before(async () => {
  metadata = await (await fetch(`${HOMESERVER}/_matrix/client/v1/auth_metadata`)).json();
  clientId = (await register(metadata, CLIENT)).body.client_id;
});

async function begin(...which) {
  const one = new App(metadata, clientId, ...which);
  const { status, body } = await one.device();
  assert.equal(status, 200);
  return { one, device: body };
}

test('a device waits, is told to wait longer, and is signed in', async () => {
  const { one, device } = await begin();
  assert.deepEqual([device.interval, device.expires_in], [5, 600]);
  const poll = async () => (await one.poll(device.device_code)).body.error;
  assert.equal(await poll(), 'authorization_pending');
  assert.equal(await poll(), 'slow_down');
  assert.equal((await one.poll(device.device_code)).body.error_description, 'the interval is 15 s now');

  const input = await new Browser().open(device.verification_uri);
  const wrong = await input.submit('op.deviceInputForm', { user_code: 'WRNG-CODE' });
  assert.match(wrong.html, /role="alert"/);
  const confirm = await wrong.submit('op.deviceInputForm', { user_code: device.user_code.toLowerCase() });
  assert.match(confirm.html, new RegExp(device.user_code));
  const login = await confirm.submit('op.deviceConfirmForm');
  const done = await (await login.submit('login', DEMO)).submit('consent');
  assert.equal(done.title, 'Done');

  const { status, body } = await one.poll(device.device_code);
  assert.equal(status, 200);
  assert.equal((await whoami(body.access_token)).body.device_id, one.deviceId);
  assert.equal((await one.refresh(body.refresh_token)).status, 200);
});

// Three in four of matrix-rust-sdk's are like this one.
test('a device ID may have characters that have a meaning in an address', async () => {
  const id = 'wjLpTLRqbqBzLs63aYaEv2Boi6cFEbbM/sSRQ2oAK+4';
  const { one, device } = await begin('urn:matrix:org.matrix.msc2967.client:', id);
  const confirm = await new Browser().open(device.verification_uri_complete);
  const login = await confirm.submit('op.deviceConfirmForm');
  await (await login.submit('login', DEMO)).submit('consent');
  const { status, body } = await one.poll(device.device_code);
  assert.equal(status, 200);
  assert.equal((await whoami(body.access_token)).body.device_id, id);
  const headers = { Authorization: `Bearer ${body.access_token}` };
  const known = await fetch(`${HOMESERVER}/_matrix/client/v3/devices/${encodeURIComponent(id)}`, { headers });
  assert.equal((await known.json()).device_id, id);
});

test('the complete address has the code in it', async (t) => {
  const { one, device } = await begin();
  const confirm = await new Browser().open(device.verification_uri_complete);
  assert.equal(confirm.title, 'Is this your device?');
  const login = await confirm.submit('op.deviceConfirmForm');
  await (await login.submit('login', DEMO)).submit('consent');
  assert.equal((await one.poll(device.device_code)).status, 200);
  await turn(t, { verificationComplete: false });
  assert.equal((await begin()).device.verification_uri_complete, undefined);
});

test('a person can say no, before the sign-in and after', async () => {
  for (const refuse of [
    (confirm) => confirm.submit('op.deviceConfirmForm', { abort: 'yes' }),
    async (confirm) => (await confirm.submit('op.deviceConfirmForm')).submit('cancel'),
    async (confirm) => (await (await confirm.submit('op.deviceConfirmForm')).submit('login', DEMO)).submit('cancel'),
  ]) {
    const { one, device } = await begin();
    const page = await refuse(await new Browser().open(device.verification_uri_complete));
    assert.equal(page.title, 'Cancelled');
    assert.equal((await one.poll(device.device_code)).body.error, 'access_denied');
  }
});

test('a code that is too old stays so', async (t) => {
  await turn(t, { deviceTtl: 1, interval: 0 });
  const { one, device } = await begin();
  assert.equal((await one.poll(device.device_code)).body.error, 'authorization_pending');
  await new Promise((resolve) => { setTimeout(resolve, 2_000); });
  for (let again = 0; again < 2; again += 1) {
    assert.equal((await one.poll(device.device_code)).body.error, 'expired_token');
  }
  const page = await new Browser().open(device.verification_uri_complete);
  assert.match(page.html, /too old/);
});

test('two devices can meet at the homeserver', async () => {
  const headers = { 'Content-Type': 'text/plain' };
  const place = `${HOMESERVER}/_matrix/client/unstable/org.matrix.msc4108/rendezvous`;
  const { status } = await fetch(place, { method: 'POST', headers, body: 'hello' });
  assert.equal(status, 201);
});

test('a client that did not register for it is refused', async () => {
  const { body: client } = await register(metadata, { ...CLIENT, grant_types: CLIENT.grant_types.slice(0, 2) });
  const { status } = await new App(metadata, client.client_id).device();
  assert.equal(status, 400);
});
