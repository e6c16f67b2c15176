# Every failure: the headline, .cause in plain words, .do what the user can do about it.
#
# No flags and no buttons here: a frontend that can say more has a message “do-” and the name of the failure.

what-to-do = What to do: { $remedy }
details = Details: { $line }.
server-says = The server says: “{ $message }”
blame-you = Problem with: your input.
blame-network = Problem with: the network between you and the server.
blame-server-setup = Problem with: the server's configuration. Its admin can fix it.
blame-server-down = Problem with: the server. It is down or busy.
blame-computer = Problem with: this computer.
blame-us = Problem with: Narthex. This is a bug.

## Below HTTP

lost-dns = Could not find { $host }.
    .cause = The name could not be resolved. It may be misspelled, or there is no network.
    .do = Check the spelling and your network connection, then try again.
lost-connect = { $host } does not accept connections.
    .cause = The name exists, but nothing answers: the server is down, or a firewall blocks it.
    .do = Try again in a few minutes. If the problem persists, ask the server's admin.
lost-tls = Could not connect securely to { $host }.
    .cause = Its certificate has expired, is for another name or is not trusted, or something in the network intercepts the connection.
    .do = Check the date of this computer and your network. Otherwise, tell the server's admin.
lost-timeout = { $host } did not answer in time.
    .cause = The connection is slow, or the server is overloaded.
    .do = Try again in a moment.
lost-broken = The connection to { $host } broke.
    .cause = It was cut before the answer was complete, or the answer was not HTTP.
    .do = Try again. If the problem persists, try another network.
lost-too-large = The answer of { $host } is too large.
    .cause = No answer to this request should be that large.
    .do = Check that this is a Matrix server. If it is, tell its admin.
lost-listen = Could not open a local port for the browser.
    .cause = This system allows no socket on 127.0.0.1 or ::1.
    .do = Allow programs to listen on the loopback interface, or sign in with a password.

## Temporary

outage-rate-limited = The server is rate limiting.
    .cause = There were too many attempts in a short time, from you or from your network.
    .do = Wait. Narthex retries when the server allows it.
outage-server-error = The server has an internal error (status { $status }).
    .cause = The error is about the server, not about you.
    .do = Try again in a few minutes. If the problem persists, tell the server's admin.
outage-authorization-server = The authorization server has an internal error.
    .cause = It sent you back with an error about itself, not about you.
    .do = Try again in a few minutes. If the problem persists, tell the server's admin.
outage-not-the-server = Got a web page instead of the server's answer.
    .cause = Something else answered: the login page of this network, or a proxy in front of the server.
    .do = Open a web page to see whether this network wants you to sign in, then try again.

outage-unclear = The server did not say whether it offers this.
    .cause = Its answer to that question cannot be used. It may offer it all the same.
    .do = Try again in a few minutes. If the problem persists, show this to the server's admin.

## This computer

outage-session-busy = Another program is refreshing or ending this session.
    .cause = Only one program at a time can do that, and the other one has not finished.
    .do = Try again in a minute.
storage-locked = The stored sessions are locked.
    .cause = The keyring is locked, or the passphrase is missing or wrong.
    .do = Unlock the keyring, or check the passphrase, and try again.
storage-full = No space left to save the session.
    .cause = The disk of the data directory is full.
    .do = Free some space and try again.
storage-denied = Not allowed to save the session.
    .cause = The data directory is read-only, or belongs to another user.
    .do = Change its permissions and try again.
storage-corrupt = The stored sessions cannot be read.
    .cause = The file is damaged, or a newer version of Narthex wrote it.
    .do = Update Narthex, or move the data directory away and sign in again.
storage-other = Could not access the stored sessions.
    .cause = The system's storage returned an error.
    .do = Try again.

## The user can change something

refusal-server-not-understood = This is not a server.
    .cause = It is not a server name, user ID, URL or matrix.to link.
    .do = Enter something like example.org, @alice:example.org or https://matrix.example.org.
refusal-server-insecure = This address is not secure.
    .cause = Plain http: would expose your password. It is allowed for this computer only.
    .do = Use the https: address.
refusal-homeserver-unclear = Could not find the homeserver of this name.
    .cause = The server's /.well-known/matrix/client could not be used, so it is not clear which server to trust.
    .do = Enter the address of the homeserver itself, such as https://matrix.example.org, or ask its admin.
refusal-username-taken = This username is taken.
    .cause = Another account on this server has it.
    .do = Choose another one.
refusal-username-reserved = This username is reserved.
    .cause = The server reserves names of this form for a service, such as a bridge.
    .do = Choose another one.
username-empty = The username is empty.
    .cause = An account needs a name.
    .do = Use a to z, 0 to 9 and . _ = - / +
username-character = A username cannot have “{ $character }” in it.
    .cause = Only a to z, 0 to 9 and . _ = - / + are allowed. No capital letters.
    .do = Change it.
username-too-long = This username is too long.
    .cause = The whole user ID, with the server's name, is limited to 255 bytes.
    .do = Choose a shorter one.
username-server-rule = The server does not allow this username.
    .cause = It has its own rule about names. See its message.
    .do = Choose another one.
refusal-password-missing = The password is missing.
    .cause = An account needs one.
    .do = Enter a password.
password-too-short = This password is too short for the server.
    .cause = Its policy requires a longer one.
    .do = Use a few unrelated words.
password-no-digit = The server requires a digit in the password.
    .cause = Its policy says so.
    .do = Add a digit.
password-no-symbol = The server requires a symbol in the password.
    .cause = Its policy says so.
    .do = Add a symbol, such as - or !
password-no-uppercase = The server requires a capital letter in the password.
    .cause = Its policy says so.
    .do = Add a capital letter.
password-no-lowercase = The server requires a small letter in the password.
    .cause = Its policy says so.
    .do = Add a small letter.
password-in-dictionary = This password is in a dictionary.
    .cause = The server rejects it because others could guess it.
    .do = Use a few unrelated words.
password-too-long = This password is too long.
    .cause = A password is limited to 512 characters.
    .do = Use a shorter one.
password-unspecified = The server requires a better password.
    .cause = It does not say what is wrong with this one.
    .do = Use a longer one, with capital and small letters, a digit and a symbol.
refusal-token-invalid = This registration token is not valid.
    .cause = It is unknown, used up or expired. The server does not say which.
    .do = Check it letter by letter, or ask the server's admin for a new one.
refusal-token-malformed = This is not a registration token.
    .cause = A token is 1 to 64 letters, digits or . _ ~ -
    .do = Copy it again, without spaces or quotes.
refusal-address-invalid = This is not a valid { $medium }.
    .cause = The server does not accept its form.
    .do = Check it and enter it again.
refusal-address-in-use = This { $medium } belongs to another account.
    .cause = The server allows each address for one account only.
    .do = Use another one, or sign in to that account.
refusal-address-denied = The server does not accept this { $medium }.
    .cause = Its admin has limited which addresses may register.
    .do = Use another one, or ask the server's admin.
refusal-code-wrong = The code is wrong.
    .cause = It is not the one that was sent, or a newer one was sent since.
    .do = Enter the code of the latest message, or request a new one.
refusal-stage-failed = A step failed: { $stage }.
    .cause = The server did not accept the answer.
    .do = Try it again.
refusal-registration-closed = This server takes no new accounts.
    .cause = Registration is disabled.
    .do = Ask the admin for an account, or choose another server.
refusal-declined = The sign-in was declined.
    .cause = Somebody declined it on the page where the code was entered.
    .do = If that was a mistake, start again.
refusal-client-refused = The server does not accept this application.
    .cause = Its authorization server refused the client registration, or lost it repeatedly.
    .do = Ask the server's admin to allow client registration.
refusal-wrong-credentials = The username and the password do not match.
    .cause = One of them is wrong. The server does not say which.
    .do = Check both, the keyboard layout, caps lock, and the server.
refusal-deactivated = This account is deactivated.
    .cause = Its owner or the server's admin closed it. It cannot be used again.
    .do = Ask the server's admin, or use another account.
refusal-locked = This account is locked.
    .cause = The server's admin locked it.
    .do = Ask the server's admin.
refusal-signed-out-elsewhere = Another program signed out of this session.
    .cause = It is no longer stored.
    .do = Sign in again.
refusal-login-token-invalid = This login token is not valid.
    .cause = It is used up or expired. It works once, and for a short time.
    .do = Get a new one.
refusal-consent-needed = The server wants you to accept its terms first.
    .cause = It lets you in after you have accepted them on its page.
    .do = Accept them at { $uri }, then sign in again.
refusal-consent-needed-somewhere = The server wants you to accept its terms first.
    .cause = It does not say on which page.
    .do = Ask the server's admin where to accept them, then sign in again.
refusal-account-elsewhere = This account is on { $server }.
    .cause = Its password must not be sent to another server.
    .do = Sign in at { $server } instead.
refusal-wrong-account = You signed in as { $found }, not as { $expected }.
    .cause = The browser was probably signed in to another account.
    .do = Sign out there, then sign in again as { $expected }.
refusal-server-full = The server has reached a limit.
    .cause = It takes no more accounts or sessions for now.
    .do = Ask its admin { $contact }
refusal-other = The server refused.
    .cause = It has its own reason. See its message.
    .do = If that does not help, ask the server's admin.

## Expired

expired-registration-session = The registration has expired.
    .cause = The server forgot its progress.
    .do = Start again. Your input is kept.
expired-browser = The browser took too long.
    .cause = No callback arrived in time.
    .do = Start again.
expired-authorization-code = The authorization code has expired.
    .cause = It works once and for a few minutes. It may have been used by an attempt whose answer was lost.
    .do = Try again. The browser opens once more.
expired-user-code = The code has expired.
    .cause = It was not entered in time, or it was used already.
    .do = Request a new one.
expired-confirmation = The confirmation has expired.
    .cause = The link or code that was sent is no longer valid.
    .do = Request a new one.

## The server cannot

missing-homeserver = There is no Matrix server at { $host }.
    .cause = Something answers there, but it does not speak Matrix.
    .do = Check the address. On your own server, check the reverse proxy and /.well-known/matrix/client.
missing-password-sign-in = This server does not offer password sign-in.
    .cause = It lists other ways to sign in, and not this one.
    .do = Choose another way to sign in.
missing-legacy-sign-in = This server does not offer this way to sign in.
    .cause = It says that it does not know the request.
    .do = Choose another way to sign in.
missing-token-sign-in = This server does not offer sign-in with a login token.
    .cause = It lists other ways to sign in, and not this one.
    .do = Choose another way to sign in.
missing-sign-in = This server offers no way to sign in that Narthex knows.
    .cause = It lists { $kinds }.
    .do = Ask the server's admin how people sign in.
missing-sign-in-at-all = This server offers no way to sign in.
    .cause = It lists none, and it has no authorization server.
    .do = Ask the server's admin how people sign in.
missing-version = This server is too old for Narthex.
    .cause = It speaks Matrix { $newest } at most. Narthex needs version 1.1 of the specification, from 2021.
    .do = Ask the server's admin to update it.
missing-pkce = The OAuth 2.0 sign-in of this server is not safe.
    .cause = Its authorization server does not announce PKCE with S256. Without it, another program could steal the authorization code.
    .do = Tell the server's admin: code_challenge_methods_supported must list S256.
missing-authorization-code = This server does not offer sign-in with the browser.
    .cause = It has neither single sign-on nor an authorization server with the authorization code grant.
    .do = Sign in with a password, or ask the server's admin.
missing-client-registration = This server does not register new clients.
    .cause = Its authorization server has no registration endpoint, and Narthex has no client ID there.
    .do = Ask the server's admin to enable client registration.
missing-device-grant = This server does not offer sign-in with a code.
    .cause = Its authorization server does not offer the device authorization grant.
    .do = Sign in with the browser.
missing-revocation = This session cannot be ended that way from here.
    .cause = The server ends one session at a time, and all of them only on its account page.
    .do = Sign out of this session, or end the others on the account page.
missing-registration = Accounts on this server cannot be created here.
    .cause = They are created elsewhere, such as on its web page.
    .do = See the server's web page, or ask its admin.
missing-registration-flow = This server requires a step that Narthex does not support.
    .cause = Every way to register includes “{ $stage }”.
    .do = Register on the server's web page, or choose another server.
missing-endpoint = This server cannot refresh or end a session.
    .cause = It says that it does not support this.
    .do = Remove the session locally. The server's admin can end it there.

## The server broke the protocol

misbehaviour-malformed-body = The server's answer is not valid.
    .cause = It is not the JSON that the specification requires.
    .do = Check the address. If it is right, show this to the server's admin.
misbehaviour-unexpected-status = The server's answer is not valid (status { $status }).
    .cause = The specification has no such answer to this request.
    .do = Show this to the server's admin.
misbehaviour-body-too-large = The server's answer is too large.
    .cause = No answer to this request should be that large.
    .do = Check the address. If it is right, show this to the server's admin.
misbehaviour-invalid-field = The server's answer is not valid (field “{ $field }”).
    .cause = The field is missing, or does not follow the specification.
    .do = Show this to the server's admin.
misbehaviour-insecure-address = The server names an address that is not secure (“{ $field }”).
    .cause = It is not an https: address. Others could read what you send.
    .do = Do not continue. Show this to the server's admin.
misbehaviour-redirect = The server redirects without end.
    .cause = There are too many redirects, or one of them is not secure.
    .do = Show this to the server's admin.
misbehaviour-no-flows = The server requires something and does not say what.
    .cause = It lists no way to register.
    .do = Show this to the server's admin.
misbehaviour-no-progress = The server asks for the same step again and again.
    .cause = It does not count a step that was completed.
    .do = Show this to the server's admin.
misbehaviour-wrong-issuer = The callback is from another authorization server.
    .cause = It names another issuer, or none although it must. Somebody may be mixing up two sign-ins.
    .do = Nothing was sent. Start again. If it happens again, tell the server's admin.
misbehaviour-malformed-callback = The callback contradicts itself.
    .cause = It has both a code and an error, or several of them.
    .do = Nothing was sent. Start again. If it happens again, tell the server's admin.
misbehaviour-wrong-scope = The server granted another scope than requested.
    .cause = A Matrix session needs the client API and its own device. The new tokens were revoked.
    .do = Tell the server's admin that its policy may refuse the scope.
misbehaviour-delegation-broken = The server's name does not lead to a homeserver.
    .cause = /.well-known/matrix/client names an address without a homeserver.
    .do = Show this to the server's admin, or enter the address of the homeserver itself.

## Narthex

bug-reply-of-another-kind = Narthex mixed up two answers.
    .cause = A part of Narthex answered with something that was not asked for.
    .do = Please report it, with a trace.
