// What does an app do to sign in?

import { createHash, randomBytes } from 'node:crypto';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
export const CLIENT = {
  client_name: 'The Checker',
  client_uri: 'https://checker.example/',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token', DEVICE_GRANT],
  response_types: ['code'],
  redirect_uris: ['http://127.0.0.1/back', 'example.checker:/back'],
};
// The port is chosen when the app listens, not when it registers.
export const BACK = 'http://127.0.0.1:9/back';

export const word = () => randomBytes(8).toString('hex');

export async function post(url, form) {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : undefined };
}

export async function register(metadata, client) {
  const answer = await fetch(metadata.registration_endpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(client),
  });
  return { status: answer.status, body: await answer.json(), headers: answer.headers };
}

// One sign-in of one app.
export class App {
  state = word();
  #verifier = randomBytes(32).toString('base64url');

  constructor(metadata, clientId, family = 'urn:matrix:client:', deviceId = word()) {
    this.deviceId = deviceId;
    this.metadata = metadata;
    this.clientId = clientId;
    this.scope = `${family}api:* ${family}device:${this.deviceId}`;
  }

  address(changes = {}) {
    const asked = {
      response_type: 'code',
      response_mode: 'query',
      client_id: this.clientId,
      redirect_uri: BACK,
      scope: this.scope,
      state: this.state,
      code_challenge: createHash('sha256').update(this.#verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...changes,
    };
    const said = Object.entries(asked).filter(([, value]) => value !== undefined);
    return `${this.metadata.authorization_endpoint}?${new URLSearchParams(said)}`;
  }

  exchange(code) {
    return this.token({ grant_type: 'authorization_code', code, redirect_uri: BACK, code_verifier: this.#verifier });
  }

  refresh(token) {
    return this.token({ grant_type: 'refresh_token', refresh_token: token });
  }

  token(form) {
    return post(this.metadata.token_endpoint, { client_id: this.clientId, ...form });
  }

  device() {
    return post(this.metadata.device_authorization_endpoint, { client_id: this.clientId, scope: this.scope });
  }

  poll(code) {
    return this.token({ grant_type: DEVICE_GRANT, device_code: code });
  }
}
