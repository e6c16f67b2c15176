// The testbed's authorization server: OAuth 2.0 as Matrix has it, in front of one Synapse.
//
//     main.js DIR
//
// DIR/authorization-server.json names the ports and secrets. Everything is kept in memory: a new start
// knows no client, no account and no session.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import Provider from 'oidc-provider';

import { configuration } from './configuration.js';
import { deviceGrant } from './device.js';
import { interactions } from './interactions.js';
import { introspection } from './introspection.js';
import { accountPage } from './pages.js';
import { promptValues, registrationCors } from './registration.js';
import { revocation } from './revocation.js';
import { rotation } from './rotation.js';
import { Sessions } from './sessions.js';
import { Synapse } from './synapse.js';
import { testControl } from './test-control.js';
import { Users } from './users.js';

const settings = JSON.parse(readFileSync(join(process.argv[2], 'authorization-server.json'), 'utf8'));
const issuer = `http://127.0.0.1:${settings.port}`;
const synapse = new Synapse(settings.homeserver, settings.secret);
const users = new Users(synapse);
const provider = new Provider(issuer, configuration(issuer, settings.secret, users));
const sessions = new Sessions(provider, synapse);

// The first is the outermost: it sees a request first and its answer last.
provider.use(log);
provider.use(testControl(settings.control_secret, provider, users, sessions));
provider.use(interactions(provider, users));
provider.use(accountPage);
provider.use(registrationCors);
provider.use(promptValues);
provider.use(introspection(settings.secret));
provider.use(revocation(provider, sessions));
provider.use(sessions.middleware());
provider.use(rotation.middleware(provider));
provider.use(deviceGrant);

// The library tells the app little of why a request failed; the log has all of it.
for (const event of [
  'authorization.error', 'device_authorization.error', 'grant.error', 'introspection.error',
  'registration_create.error', 'revocation.error', 'server_error',
]) {
  provider.on(event, (_ctx, error) => console.log(event, error.error_detail ?? error.error_description ?? error));
}

const server = createServer(provider.callback());
server.listen(settings.port, '127.0.0.1', () => console.log('listening at', issuer));
process.on('SIGTERM', () => process.exit());

async function log(ctx, next) {
  await next();
  // Without the query: codes and tokens do not belong in a log.
  console.log(ctx.method, ctx.path, ctx.status);
}
