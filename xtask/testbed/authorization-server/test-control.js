// What can a test do that no app and no person can?
//
//     POST /_test/knobs     {NAME: VALUE, ...}      see knobs.js; answers all knobs as they are now
//     POST /_test/users     {username, password}    makes an account, or changes its password
//     POST /_test/kill      {device_id}             ends a session as the server would
//     POST /_test/forget    {client_id}             forgets that a client registered
//     GET  /_test/sessions                          those that are signed in
//
// With `Authorization: Bearer SECRET`.

import { readText } from './body.js';
import { knobs, turn } from './knobs.js';

export function testControl(secret, provider, users, sessions) {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/_test/')) return next();
    if (ctx.get('authorization') !== `Bearer ${secret}`) ctx.throw(401);
    const body = ctx.method === 'POST' ? JSON.parse(await readText(ctx) || '{}') : {};
    switch (`${ctx.method} ${ctx.path}`) {
      case 'POST /_test/knobs': {
        const reason = turn(body);
        if (reason) ctx.throw(400, reason);
        ctx.body = knobs;
        break;
      }
      case 'POST /_test/users':
        await users.put(body.username, body.password);
        ctx.body = {};
        break;
      case 'POST /_test/kill':
        ctx.body = { killed: await sessions.kill(body.device_id) };
        break;
      case 'POST /_test/forget':
        await provider.Client.adapter.destroy(body.client_id);
        ctx.body = {};
        break;
      case 'GET /_test/sessions':
        ctx.body = sessions.list();
        break;
      default:
        ctx.throw(404);
    }
    return undefined;
  };
}
