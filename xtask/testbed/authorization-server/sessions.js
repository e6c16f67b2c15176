// Which Matrix sessions are there, and when do their devices come and go?

import { deviceIds, matrixScopes } from './policy.js';

const GRANTED = ['AccessToken', 'RefreshToken', 'AuthorizationCode', 'DeviceCode'];

export class Sessions {
  #provider;
  #synapse;
  // By their grants.
  #all = new Map();

  constructor(provider, synapse) {
    this.#provider = provider;
    this.#synapse = synapse;
    // Told of revocations, and of codes and refresh tokens that were used twice. The library does not wait
    // for those whom it tells, so the device is deleted by the middleware.
    provider.on('grant.revoked', (ctx, grantId) => {
      ctx.state.revoked = grantId;
    });
  }

  middleware() {
    return async (ctx, next) => {
      try {
        await next();
      } finally {
        if (ctx.state.revoked) await this.end(ctx.state.revoked);
      }
      // Synapse refuses a token whose device it does not know, so the device comes before the answer leaves.
      if (ctx.oidc?.route === 'token' && ctx.status === 200) await this.#begin(ctx.oidc.entities);
    };
  }

  list() {
    return [...this.#all.values()];
  }

  // Ends the session of a grant, if it has not ended.
  async end(grantId) {
    const session = this.#all.get(grantId);
    this.#all.delete(grantId);
    for (const model of GRANTED) await this.#provider[model].revokeByGrantId(grantId);
    await this.#provider.Grant.adapter.destroy(grantId);
    if (session) await this.#synapse.deleteDevice(session.localpart, session.device_id);
  }

  // Ends the sessions of a device; how many there were.
  async kill(deviceId) {
    const hit = [...this.#all].filter(([, session]) => session.device_id === deviceId);
    for (const [grantId] of hit) await this.end(grantId);
    return hit.length;
  }

  async #begin({ AccessToken, Client, Grant }) {
    if (this.#all.has(Grant.jti)) return;
    const [deviceId] = deviceIds(matrixScopes(AccessToken.scope));
    const name = Client.clientName ?? Client.clientId;
    await this.#synapse.upsertDevice(Grant.accountId, deviceId, name);
    await this.#replaceOthers(Grant.accountId, deviceId);
    this.#all.set(Grant.jti, { localpart: Grant.accountId, device_id: deviceId, client_id: Client.clientId });
  }

  // A device that signs in again has one session, and the end of the one before is not the end of the device.
  async #replaceOthers(localpart, deviceId) {
    for (const [grantId, session] of this.#all) {
      if (session.localpart === localpart && session.device_id === deviceId) {
        this.#all.delete(grantId);
        await this.end(grantId);
      }
    }
  }
}
