// What does a person see?

import { knobs } from './knobs.js';

export function loginPage(ctx, username, problem) {
  page(ctx, 'Sign in', `${credentials('login', 'Sign in', username, problem, 'current-password')}
    ${knobs.registration ? '<p>No account yet? <a href="?view=create">Create one</a></p>' : ''}`);
}

export function createPage(ctx, username, problem) {
  page(ctx, 'Create an account', `${credentials('create', 'Create account', username, problem, 'new-password')}
    <p>You have an account? <a href="?view=login">Sign in</a></p>`);
}

export function consentPage(ctx, { client, localpart, device }, problem) {
  const name = client.clientName ?? client.clientId;
  page(ctx, `Allow ${name}?`, `${alert(problem)}
    <p><strong>${escape(name)}</strong> (${escape(client.clientUri)}) wants to use the account
      <strong>${escape(localpart)}</strong> as a new device, <code>${escape(device)}</code>. It will be able to
      read and send all messages.</p>
    <form method="post"><input type="hidden" name="do" value="consent"><button>Allow</button></form>
    ${cancel()}
    <p>Not you? <a href="?view=login">Use another account</a></p>`);
}

// What `account_management_uri` leads to, with what an app adds to it.
export async function accountPage(ctx, next) {
  if (ctx.path !== '/account') return next();
  const asked = Object.entries(ctx.query).map(([key, value]) => `<dt>${escape(key)}</dt><dd>${escape(value)}</dd>`);
  page(ctx, 'Your account', `<p>There is nothing to manage at a server for tests.</p><dl>${asked.join('')}</dl>`);
  return undefined;
}

export function errorPage(ctx, out) {
  page(ctx, 'This did not work', `${alert(out.error_description ?? out.error)}
    <p><code>${escape(out.error)}</code></p>`);
}

// A page of our own look, with a title and a body that is HTML.
export function page(ctx, title, body) {
  ctx.type = 'html';
  ctx.body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

export function alert(problem) {
  return problem ? `<p role="alert">${escape(problem)}</p>` : '';
}

export function escape(text) {
  return String(text ?? '').replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

function credentials(what, button, username, problem, kind) {
  return `${alert(problem)}
    <form method="post">
      <input type="hidden" name="do" value="${what}">
      <label>Username
        <input name="username" value="${escape(username)}" autocomplete="username" autocapitalize="none"
          required autofocus>
      </label>
      <label>Password <input name="password" type="password" autocomplete="${kind}" required></label>
      <button>${button}</button>
    </form>
    ${cancel()}`;
}

function cancel() {
  return `<form method="post">
      <input type="hidden" name="do" value="cancel"><button class="link">Cancel</button>
    </form>`;
}

const STYLE = `
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
  body { margin: 0; }
  main { max-width: 24rem; margin: 0 auto; padding: 1.5rem 1rem; overflow-wrap: anywhere; }
  h1 { font-size: 1.5rem; line-height: 1.2; }
  label { display: block; margin-bottom: 1rem; }
  input, button { font: inherit; box-sizing: border-box; width: 100%; padding: .6rem; border-radius: .4rem; }
  input { border: 1px solid #767676; }
  button { margin-bottom: .5rem; border: 0; background: #0b57d0; color: #fff; cursor: pointer; }
  button.link { background: none; color: LinkText; text-decoration: underline; }
  [role=alert] { border-left: .25rem solid #c5221f; padding-left: .75rem; }
`;
