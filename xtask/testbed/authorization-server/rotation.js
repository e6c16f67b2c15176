// What becomes of a refresh token that has been used?
//
// It works again until its successor is seen in use, since the answer that carried the successor may have
// been lost ("Refreshing access tokens" in the Matrix specification). The pair that was lost ends then.

class Rotation {
  // A used refresh token, and the pair of tokens that replaced it last.
  #successors = new Map();
  // Either token of a pair, and what it replaced.
  #predecessors = new Map();
  #settled = new Set();

  isSettled(refreshToken) {
    return this.#settled.has(refreshToken);
  }

  middleware(provider) {
    return async (ctx, next) => {
      await next();
      const { AccessToken, RefreshToken, RotatedRefreshToken } = ctx.oidc?.entities ?? {};
      if (ctx.oidc?.route === 'introspection' && ctx.body.active) this.#used(AccessToken.jti);
      if (ctx.oidc?.route !== 'token' || ctx.status !== 200 || !RotatedRefreshToken) return;
      this.#used(RotatedRefreshToken.jti);
      const lost = this.#replace(RotatedRefreshToken.jti, { access: AccessToken.jti, refresh: RefreshToken.jti });
      if (lost) {
        await provider.AccessToken.adapter.destroy(lost.access);
        await provider.RefreshToken.adapter.destroy(lost.refresh);
      }
    };
  }

  #used(token) {
    const predecessor = this.#predecessors.get(token);
    if (predecessor) this.#settled.add(predecessor);
  }

  #replace(old, pair) {
    const lost = this.#successors.get(old);
    this.#successors.set(old, pair);
    this.#predecessors.set(pair.access, old).set(pair.refresh, old);
    return lost;
  }
}

export const rotation = new Rotation();
