// Does the testbed's authorization server, with its Synapse, do what Matrix and the tests want of it?

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { App, BACK, CLIENT, post, register, word } from './app.mjs';
import { Browser } from './browser.mjs';
import { AUTHORIZATION, HOMESERVER, assertSignedOut, control, turn, whoami } from './server.mjs';

const PASSWORD = 'correct horse battery staple';
const DEMO = { username: 'demo', password: PASSWORD };
let metadata;
let clientId;

before(async () => {
  metadata = await (await fetch(`${HOMESERVER}/_matrix/client/v1/auth_metadata`)).json();
  clientId = (await register(metadata, CLIENT)).body.client_id;
});

const app = (family) => new App(metadata, clientId, family);
const revoke = (form) => post(metadata.revocation_endpoint, form);

// Signs in as demo; the tokens.
async function signIn(one = app(), browser = new Browser()) {
  const page = await browser.open(one.address());
  const consent = page.title === 'Sign in' ? await page.submit('login', DEMO) : page;
  const { left } = await consent.submit('consent');
  const { status, body } = await one.exchange(left.searchParams.get('code'));
  assert.equal(status, 200);
  return body;
}

test('Synapse passes the metadata on', () => {
  assert.equal(metadata.issuer, AUTHORIZATION);
  assert.equal(metadata.authorization_response_iss_parameter_supported, true);
  assert.deepEqual(metadata.code_challenge_methods_supported, ['S256']);
  assert.ok(metadata.prompt_values_supported.includes('create'));
  for (const mode of ['query', 'fragment']) assert.ok(metadata.response_modes_supported.includes(mode));
  for (const type of CLIENT.grant_types) assert.ok(metadata.grant_types_supported.includes(type));
});

test('a client registers, also from another origin', async () => {
  const grants = [...CLIENT.grant_types, 'new'];
  const { status, body, headers } = await register(metadata, { ...CLIENT, grant_types: grants });
  assert.equal(status, 201);
  assert.equal(headers.get('access-control-allow-origin'), '*');
  assert.deepEqual(body.grant_types, CLIENT.grant_types);
  assert.equal(body.client_secret, undefined);
});

test('a client without a browser has nothing to be sent back to', async () => {
  const { redirect_uris: _, response_types: __, ...rest } = CLIENT;
  const { status, body } = await register(metadata, { ...rest, grant_types: CLIENT.grant_types.slice(1) });
  assert.equal(status, 201);
  assert.deepEqual(body.response_types, []);
});

test('redirect URIs are as the specification has them', async (t) => {
  const native = [
    ['http://localhost/back', 201], ['http://127.0.0.1/back', 201], ['http://[::1]', 201],
    ['example.checker:/back', 201], ['example.checker:back', 201], ['example.checker.ios:/back', 201],
    ['https://checker.example/back', 201], ['https://app.checker.example/back?a=b', 201],
    ['http://127.0.0.1:8080/back', 400], ['http://127.0.0.1:80/back', 400], ['http://127.0.0.2/back', 400],
    ['http://checker.example/back', 400], ['http://user@127.0.0.1/back', 400],
    ['example.checker://back', 400], ['example.checker:///back', 400], ['checker:/back', 400],
    ['example.checkers:/back', 400], ['com.other:/back', 400], ['javascript:alert(1)', 400],
    ['https://other.example/back', 400], ['https://checker.example.other/back', 400],
    ['https://user:word@checker.example/back', 400], ['https://checker.example/back#fragment', 400], ['back', 400],
  ];
  const web = [
    ['https://checker.example/back', 201], ['http://localhost/back', 400], ['example.checker:/back', 400],
    ['https://other.example/back', 400],
  ];
  for (const [type, list] of Object.entries({ native, web })) {
    for (const [uri, expected] of list) {
      await t.test(`${type} ${uri} ${expected === 201 ? 'may' : 'may not'}`, async () => {
        const { status, body } = await register(metadata, { ...CLIENT, application_type: type, redirect_uris: [uri] });
        assert.deepEqual([status, body.error], [expected, expected === 201 ? undefined : 'invalid_redirect_uri']);
      });
    }
  }
});

test('a client is somewhere on the web, and its documents are there', async () => {
  for (const wrong of [
    { client_uri: undefined }, { client_uri: 'http://checker.example/' }, { client_uri: 'https://a@checker.example/' },
    { tos_uri: 'https://other.example/' }, { policy_uri: 'http://checker.example/' }, { grant_types: ['password'] },
  ]) {
    const { status, body } = await register(metadata, { ...CLIENT, ...wrong });
    assert.deepEqual([status, body.error], [400, 'invalid_client_metadata'], JSON.stringify(wrong));
  }
  assert.equal((await register(metadata, { ...CLIENT, logo_uri: 'https://cdn.checker.example/logo.png' })).status, 201);
});

test('a person makes an account and is signed in', async () => {
  const one = app();
  const username = `new-${word()}`;
  const page = await new Browser().open(one.address({ prompt: 'create' }));
  assert.equal(page.title, 'Create an account');
  const taken = await page.submit('create', DEMO);
  assert.equal(taken.status, 400);
  assert.match(taken.html, /role="alert">User ID already taken/);
  const consent = await taken.submit('create', { username, password: PASSWORD });
  assert.equal(consent.title, 'Allow The Checker?');
  const { left } = await consent.submit('consent');
  assert.equal(`${left.origin}${left.pathname}`, BACK);
  assert.equal(left.searchParams.get('iss'), metadata.issuer);
  assert.equal(left.searchParams.get('state'), one.state);
  const { status, body } = await one.exchange(left.searchParams.get('code'));
  assert.equal(status, 200);
  assert.deepEqual([body.token_type, body.expires_in, body.scope], ['Bearer', 300, one.scope]);
  const me = await whoami(body.access_token);
  assert.equal(me.body.user_id, `@${username}:${new URL(HOMESERVER).host.replace('127.0.0.1', 'localhost')}`);
  assert.equal(me.body.device_id, one.deviceId);
});

test('a person signs in, on either page, by either family of scopes', async () => {
  for (const family of ['urn:matrix:client:', 'urn:matrix:org.matrix.msc2967.client:']) {
    const one = app(family);
    const scope = `openid ${one.scope} something:else`;
    const page = await new Browser().open(one.address({ prompt: 'create', scope }));
    const login = await page.follow('Sign in');
    const wrong = await login.submit('login', { ...DEMO, password: 'wrong' });
    assert.match(wrong.html, /The username or the password is wrong/);
    const { left } = await (await wrong.submit('login', DEMO)).submit('consent');
    const { body } = await one.exchange(left.searchParams.get('code'));
    assert.equal(body.scope, one.scope);
    assert.equal(body.id_token.split('.').length, 3);
    assert.equal((await whoami(body.access_token)).body.device_id, one.deviceId);
  }
});

test('an app that wants no page gets no session', async () => {
  const browser = new Browser();
  await signIn(app(), browser);
  const { left } = await browser.open(app().address({ prompt: 'none' }));
  assert.equal(left.searchParams.get('error'), 'interaction_required');
});

test('an answer comes in the fragment where the app wants it there', async () => {
  const one = app();
  const page = await new Browser().open(one.address({ response_mode: 'fragment' }));
  const { left } = await (await page.submit('login', DEMO)).submit('consent');
  const answer = new URLSearchParams(left.hash.slice(1));
  assert.equal((await one.exchange(answer.get('code'))).status, 200);
});

test('every page can be cancelled', async (t) => {
  const login = await new Browser().open(app().address());
  const create = await new Browser().open(app().address({ prompt: 'create' }));
  const consent = await (await new Browser().open(app().address())).submit('login', DEMO);
  for (const page of [login, create, consent]) {
    await t.test(page.title, async () => {
      const { left } = await page.submit('cancel');
      assert.equal(left.searchParams.get('error'), 'access_denied');
      assert.equal(left.searchParams.get('iss'), metadata.issuer);
      assert.ok(left.searchParams.get('state'));
    });
  }
});

test('a request that is wrong goes back to the app with the reason', async (t) => {
  const one = app();
  const api = 'urn:matrix:client:api:*';
  for (const [error, wrong] of [
    ['invalid_request', { code_challenge: undefined, code_challenge_method: undefined }],
    ['invalid_request', { code_challenge_method: 'plain' }],
    ['invalid_request', { prompt: 'dance' }],
    ['invalid_scope', { scope: api }],
    ['invalid_scope', { scope: `urn:matrix:client:device:${one.deviceId}` }],
    ['invalid_scope', { scope: `${one.scope} urn:matrix:client:device:SECOND` }],
    ['invalid_scope', { scope: `${api} urn:matrix:client:device:TOOSHORTA` }],
    ['invalid_scope', { scope: `${api} urn:matrix:client:device:A%2BB%2FABCDEFGH` }],
    ['login_required', { prompt: 'none' }],
    ['unsupported_response_type', { response_type: 'none' }],
  ]) {
    await t.test(`${error} ${JSON.stringify(wrong)}`, async () => {
      const { left } = await new Browser().open(one.address(wrong));
      assert.equal(left.searchParams.get('error'), error);
      assert.equal(left.searchParams.get('state'), one.state);
    });
  }
});

test('nobody is sent to an address that the app did not register', async () => {
  const page = await new Browser().open(app().address({ redirect_uri: 'http://127.0.0.1:9/elsewhere' }));
  assert.equal(page.status, 400);
  assert.match(page.html, /invalid_redirect_uri/);
});

test('a code needs its verifier, and ends the session when it comes twice', async () => {
  const one = app();
  const page = await (await new Browser().open(one.address())).submit('login', DEMO);
  const code = (await page.submit('consent')).left.searchParams.get('code');
  assert.equal((await app().exchange(code)).body.error, 'invalid_grant');
  const { body } = await one.exchange(code);
  assert.equal((await whoami(body.access_token)).status, 200);
  assert.equal((await one.exchange(code)).body.error, 'invalid_grant');
  await assertSignedOut(body.access_token);
});

test('a refresh replaces both tokens', async () => {
  const one = app();
  const first = await signIn(one);
  const { body: second } = await one.refresh(first.refresh_token);
  assert.notEqual(second.access_token, first.access_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.equal((await whoami(second.access_token)).body.device_id, one.deviceId);
});

test('a refresh whose answer was lost can be repeated until its tokens are used', async () => {
  const one = app();
  const first = await signIn(one);
  const { body: lost } = await one.refresh(first.refresh_token);
  const { status, body: second } = await one.refresh(first.refresh_token);
  assert.equal(status, 200);
  await assertSignedOut(lost.access_token);
  assert.equal((await one.refresh(lost.refresh_token)).body.error, 'invalid_grant');
  assert.equal((await whoami(second.access_token)).status, 200);
  assert.equal((await one.refresh(first.refresh_token)).body.error, 'invalid_grant');
  await assertSignedOut(second.access_token);
  assert.equal((await one.refresh(second.refresh_token)).body.error, 'invalid_grant');
});

test('of refreshes at once one pair lives', async () => {
  const one = app();
  const first = await signIn(one);
  const answers = await Promise.all([1, 2, 3, 4].map(() => one.refresh(first.refresh_token)));
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 200]);
  const asked = await Promise.all(answers.map(({ body }) => whoami(body.access_token)));
  assert.deepEqual(asked.map(({ status }) => status).sort(), [200, 401, 401, 401]);
});

test('a strict server ends the session at the second use', async (t) => {
  await turn(t, { rotation: 'strict' });
  const one = app();
  const first = await signIn(one);
  const { body: second } = await one.refresh(first.refresh_token);
  assert.equal((await one.refresh(first.refresh_token)).body.error, 'invalid_grant');
  await assertSignedOut(second.access_token);
});

test('an access token ends in time; the session does not', async (t) => {
  await turn(t, { accessTtl: 1 });
  const one = app();
  const first = await signIn(one);
  await new Promise((resolve) => { setTimeout(resolve, 2_000); });
  await assertSignedOut(first.access_token);
  await control('knobs', { accessTtl: 300 });
  const { body: second } = await one.refresh(first.refresh_token);
  assert.equal((await whoami(second.access_token)).status, 200);
  // As a sign-out does that did not refresh before.
  assert.equal((await revoke({ token: first.access_token, client_id: clientId })).status, 200);
  await assertSignedOut(second.access_token);
});

test('a revocation ends one session, whoever asks for it', async (t) => {
  const browser = new Browser();
  for (const [name, form] of [
    ['the refresh token', ({ refresh_token: token }) => ({ token, client_id: clientId })],
    ['the access token', ({ access_token: token }) => ({ token, client_id: clientId })],
    ['without a client', ({ refresh_token: token }) => ({ token })],
    ['by another client', ({ refresh_token: token }) => ({ token, client_id: 'someone' })],
  ]) {
    await t.test(name, async () => {
      const [one, other] = [app(), app()];
      const [ended, stays] = [await signIn(one, browser), await signIn(other, browser)];
      assert.equal((await revoke(form(ended))).status, 200);
      await assertSignedOut(ended.access_token);
      assert.equal((await one.refresh(ended.refresh_token)).body.error, 'invalid_grant');
      assert.equal((await whoami(stays.access_token)).status, 200);
      const { body: sessions } = await control('sessions');
      const devices = sessions.map(({ device_id: id }) => id);
      assert.deepEqual([devices.includes(one.deviceId), devices.includes(other.deviceId)], [false, true]);
    });
  }
});

test('an app on the web may ask too', async () => {
  for (const what of ['token', 'revocation', 'device_authorization', 'registration']) {
    const headers = { Origin: 'https://checker.example', 'Access-Control-Request-Method': 'POST' };
    const answer = await fetch(metadata[`${what}_endpoint`], { method: 'OPTIONS', headers });
    assert.match(answer.headers.get('access-control-allow-origin'), /^(\*|https:\/\/checker\.example)$/, what);
  }
});

test('a token that nobody knows is as good as revoked', async () => {
  const answer = await revoke({ token: 'unknown', client_id: clientId });
  assert.equal(answer.status, 200);
});

test('another account can be used in the same browser', async () => {
  const browser = new Browser();
  const first = await signIn(app(), browser);
  const [username, one] = [`other-${word()}`, app()];
  assert.equal((await control('users', { username, password: PASSWORD })).status, 200);
  const login = await (await browser.open(one.address())).follow('Use another account');
  const { left } = await (await login.submit('login', { username, password: PASSWORD })).submit('consent');
  const { body } = await one.exchange(left.searchParams.get('code'));
  assert.match((await whoami(body.access_token)).body.user_id, new RegExp(`^@${username}:`));
  assert.equal((await whoami(first.access_token)).status, 200);
});

test('a server that is closed to new people says so', async (t) => {
  await turn(t, { registration: false });
  const own = await (await fetch(`${AUTHORIZATION}/.well-known/openid-configuration`)).json();
  assert.ok(!own.prompt_values_supported.includes('create'));
  const { left } = await new Browser().open(app().address({ prompt: 'create' }));
  assert.equal(left.searchParams.get('error'), 'invalid_request');
  const page = await new Browser().open(app().address());
  assert.doesNotMatch(page.html, /view=create/);
});

test('a device that signs in again has one session', async () => {
  const one = app();
  const before = await signIn(one);
  const after = await signIn(one);
  await assertSignedOut(before.access_token);
  assert.equal((await one.refresh(before.refresh_token)).body.error, 'invalid_grant');
  assert.equal((await whoami(after.access_token)).body.device_id, one.deviceId);
});

test('a server that forgot the client says so', async () => {
  const { body: client } = await register(metadata, CLIENT);
  const one = new App(metadata, client.client_id);
  const tokens = await signIn(one);
  assert.equal((await control('forget', { client_id: client.client_id })).status, 200);
  const { status, body } = await one.refresh(tokens.refresh_token);
  assert.deepEqual([status, body.error], [401, 'invalid_client']);
  assert.match((await new Browser().open(one.address())).html, /invalid_client/);
});

test('the server ends a session', async () => {
  const one = app();
  const tokens = await signIn(one);
  assert.deepEqual((await control('kill', { device_id: one.deviceId })).body, { killed: 1 });
  await assertSignedOut(tokens.access_token);
  assert.equal((await one.refresh(tokens.refresh_token)).body.error, 'invalid_grant');
});

test('only a test is let at the controls', async () => {
  assert.equal((await fetch(`${AUTHORIZATION}/_test/sessions`)).status, 401);
  for (const wrong of [{ speed: 1 }, { accessTtl: 'long' }, { accessTtl: 0 }, { rotation: 'wild' }]) {
    assert.equal((await control('knobs', wrong)).status, 400, JSON.stringify(wrong));
  }
});
