# Every failure: the headline, .cause in plain words, .do what can be done about it.

what-to-do = What to do: { $remedy }
details = Details: { $line }.
server-says = The server says: “{ $message }”
blame-you = Whose it is: something in what was entered.
blame-network = Whose it is: the network between you and the server.
blame-server-setup = Whose it is: the server's configuration, which its admin can change.
blame-server-down = Whose it is: the server, which is down or busy.
blame-computer = Whose it is: something on this computer.
blame-us = Whose it is: ours. This is a bug in Narthex.

## Below HTTP

lost-dns = The name { $host } was not found.
    .cause = The name could not be resolved: it may be misspelt, or there is no working network.
    .do = Check the spelling and your network connection, then try again.
lost-connect = { $host } does not accept connections.
    .cause = The name was found, but nothing answers there: the server is down, or a firewall is in the way.
    .do = Try again in a few minutes. If it lasts, ask the server's admin.
lost-tls = No secure connection to { $host } could be made.
    .cause = Its certificate is not valid for this name, has expired, or is not trusted; or something on the way interferes.
    .do = Check the date of this computer and the network you are in. Otherwise tell the server's admin.
lost-timeout = { $host } did not answer in time.
    .cause = The connection is slow, or the server is overloaded.
    .do = Try again in a moment.
lost-broken = The connection to { $host } broke.
    .cause = It was cut before the answer was complete, or what came was not HTTP.
    .do = Try again. If it lasts, try from another network.
lost-too-large = { $host } answered with far too much.
    .cause = The answer was larger than any answer to this question should be.
    .do = Check that this is really a Matrix server; if it is, tell its admin.
lost-listen = No local address could be opened for the browser to come back to.
    .cause = This system allowed no socket on 127.0.0.1 or ::1.
    .do = Allow programs to listen on the loopback interface, or sign in with a password.

## Nobody's fault

outage-rate-limited = The server asks us to slow down.
    .cause = There were too many attempts in a short time, from here or from your network.
    .do = Wait; it goes on by itself when the server allows.
outage-server-error = The server has trouble of its own ({ $status }).
    .cause = It answered with an error that is about itself and not about you.
    .do = Try again in a few minutes. If it lasts, tell the server's admin.
outage-authorization-server = The server's sign-in pages have trouble of their own.
    .cause = They sent you back with an error that is about themselves and not about you.
    .do = Try again in a few minutes. If it lasts, tell the server's admin.
outage-not-the-server = A web page came instead of the server's answer.
    .cause = Something else answered: the sign-in page of this network, or a proxy in front of the server.
    .do = Open a web page in the browser to see whether this network wants you to sign in, then try again.

## On this computer

storage-locked = The keyring is locked.
    .cause = What is kept is protected, and it was not unlocked: the keyring, or a wrong or missing passphrase.
    .do = Unlock it, or check --passphrase-file or NARTHEX_PASSPHRASE, and try again.
storage-full = There is no room left to keep the session.
    .cause = The disk of the data directory is full.
    .do = Free some room, or choose another place with --data-dir, and try again.
storage-denied = The session cannot be kept there.
    .cause = The data directory is read-only or belongs to somebody else.
    .do = Change its permissions, or choose another place with --data-dir.
storage-corrupt = What is kept cannot be read.
    .cause = The file is damaged, or was written by a newer version of Narthex.
    .do = Update Narthex, or move the data directory away and sign in again.
storage-other = The session could not be kept.
    .cause = The system's storage answered with an error.
    .do = Try again, or choose another place with --data-dir.

## The person can change something

refusal-server-not-understood = This is not a server.
    .cause = It is no server name, user id, URL or matrix.to link.
    .do = Enter something like example.org, @alice:example.org or https://matrix.example.org.
refusal-server-insecure = This address is not secure.
    .cause = Plain http: would show your password to everyone on the way. It is allowed for this computer only.
    .do = Use the https: address.
refusal-homeserver-unclear = This name does not say where its homeserver is.
    .cause = The server's /.well-known/matrix/client could not be used, and so it is not clear whom to trust.
    .do = Enter the address of the homeserver itself, such as https://matrix.example.org, or ask its admin.
refusal-username-taken = This username is taken.
    .cause = Somebody has it already on this server.
    .do = Choose another one.
refusal-username-reserved = This username is reserved.
    .cause = The server keeps names of this form for a service, such as a bridge.
    .do = Choose another one.
username-empty = The username is empty.
    .cause = An account needs a name.
    .do = Enter one, of letters a to z, digits and . _ = - / +
username-character = A username cannot have “{ $character }” in it.
    .cause = Only a to z, 0 to 9 and . _ = - / + may be used; no capital letters.
    .do = Change it.
username-too-long = This username is too long.
    .cause = The whole user id, with the server's name, may have 255 bytes.
    .do = Choose a shorter one.
username-server-rule = The server does not allow this username.
    .cause = It has a rule of its own about names; see what it says.
    .do = Choose another one.
refusal-password-missing = There is no password.
    .cause = The account needs one.
    .do = Enter a password.
password-too-short = This password is too short for the server.
    .cause = The server wants a longer one.
    .do = Use a few words that do not belong together.
password-no-digit = The server wants a digit in the password.
    .cause = That is its policy.
    .do = Add a digit.
password-no-symbol = The server wants a symbol in the password.
    .cause = That is its policy.
    .do = Add a symbol, such as - or !
password-no-uppercase = The server wants a capital letter in the password.
    .cause = That is its policy.
    .do = Add a capital letter.
password-no-lowercase = The server wants a small letter in the password.
    .cause = That is its policy.
    .do = Add a small letter.
password-in-dictionary = The server knows this password from a dictionary.
    .cause = Others would guess it.
    .do = Use a few words that do not belong together.
password-too-long = This password is too long.
    .cause = A password may have 512 characters.
    .do = Use a shorter one.
password-unspecified = The server wants a better password.
    .cause = It does not say what is wrong with this one.
    .do = Use a longer one, with capital and small letters, a digit and a symbol.
refusal-token-invalid = This registration token is not valid.
    .cause = It is unknown, used up or expired; the server does not tell which.
    .do = Check it letter by letter, or ask the server's admin for a new one.
refusal-token-malformed = This cannot be a registration token.
    .cause = A token is 1 to 64 letters, digits or . _ ~ -
    .do = Copy it again, without spaces or quotes.
refusal-address-invalid = This is not a valid { $medium }.
    .cause = The server or its form does not accept it.
    .do = Check it and enter it again.
refusal-address-in-use = This { $medium } belongs to another account.
    .cause = The server allows an address for one account only.
    .do = Use another one, or sign in to that account.
refusal-address-denied = The server does not accept this { $medium }.
    .cause = Its admin has limited which addresses may register.
    .do = Use another one, or ask the server's admin.
refusal-code-wrong = The code is wrong.
    .cause = It is not the one that was sent, or a newer one was sent since.
    .do = Enter the code of the latest message, or have it sent once more.
refusal-stage-failed = A step was not passed: { $stage }.
    .cause = The server did not accept the answer.
    .do = Try it once more.
refusal-registration-closed = This server takes no new accounts.
    .cause = Its admin has switched registration off.
    .do = Ask the admin for an account, or choose another server.
refusal-declined = The sign-in was declined.
    .cause = Somebody said no on the page where the code was entered.
    .do = If that was a mistake, start again.
refusal-client-refused = The server does not accept this application.
    .cause = Its authorization server refuses to know Narthex, or has forgotten it again and again.
    .do = Ask the server's admin whether applications may introduce themselves.
refusal-wrong-credentials = The username and the password do not match.
    .cause = One of them is wrong; the server does not tell which.
    .do = Check both, also the keyboard layout and the caps lock, and the server.
refusal-deactivated = This account was deactivated.
    .cause = It was closed by its owner or by the server's admin, and cannot be used again.
    .do = Ask the server's admin, or use another account.
refusal-locked = This account is locked.
    .cause = The server's admin has locked it for the time being.
    .do = Ask the server's admin.
refusal-login-token-invalid = This login token is not valid.
    .cause = It is used up or expired: it works once, and for a short time.
    .do = Get a new one.
refusal-account-elsewhere = This account lives on { $server }.
    .cause = Its password must not be sent to another server.
    .do = Sign in at { $server } instead.
refusal-wrong-account = You signed in as { $found }, not as { $expected }.
    .cause = The browser was probably signed in to another account.
    .do = Sign out there, then sign in again as { $expected }.
refusal-server-full = The server has reached a limit.
    .cause = It takes no more accounts or sign-ins for now.
    .do = Ask its admin { $contact }
refusal-other = The server refuses.
    .cause = It has a reason of its own; see what it says.
    .do = If that does not help, ask the server's admin.

## Too slow

expired-registration-session = The registration took too long.
    .cause = The server has forgotten how far it was.
    .do = Start again; what you typed is kept.
expired-browser = The browser took too long.
    .cause = Nothing came back from it in time.
    .do = Start again.
expired-authorization-code = What the browser brought back is not good any more.
    .cause = It works once and for a few minutes: it was used already, perhaps by an attempt whose answer was lost.
    .do = Try again: the browser will open once more.
expired-user-code = The code is not good any more.
    .cause = It was not entered in time, or was used already.
    .do = Try again for a new one.
expired-confirmation = The confirmation took too long.
    .cause = What was sent is not valid any more.
    .do = Have it sent once more.

## The server cannot

missing-homeserver = There is no Matrix server at { $host }.
    .cause = Something answers there, but it does not speak Matrix.
    .do = Check the address. For your own server, check its reverse proxy and /.well-known/matrix/client.
missing-password-sign-in = This server does not sign in with a password.
    .cause = Its admin has switched that off.
    .do = Sign in through the browser, with --browser, or with --device by a code that is entered elsewhere.
missing-legacy-sign-in = This server signs in through the browser, by OAuth 2.0.
    .cause = Narthex does not do that yet.
    .do = Use another client for this server for now.
missing-pkce = This server's sign-in through the browser is not safe.
    .cause = Its authorization server does not announce PKCE with S256, without which another program could steal the sign-in.
    .do = Tell the server's admin: code_challenge_methods_supported has to list S256.
missing-authorization-code = This server does not sign in through the browser.
    .cause = It has no single sign-on, and no authorization server that announces the authorization code grant.
    .do = Sign in with a password (--username and --password-stdin), or ask the server's admin.
missing-client-registration = This server does not take new applications.
    .cause = Its authorization server has no registration endpoint, and has not given Narthex a client id.
    .do = Ask the server's admin to enable client registration.
missing-device-grant = This server has no sign-in by a code.
    .cause = Its authorization server does not offer the device authorization grant to this application.
    .do = Sign in through the browser instead, with --browser.
missing-revocation = This session cannot be ended from here in that way.
    .cause = The server ends sessions one by one, and all of them only on its account page.
    .do = Use “narthex logout” for this one, or “narthex manage --action devices-list” for the others.
missing-registration = This server has no registration that can be done here.
    .cause = Accounts are made elsewhere, such as on its web page.
    .do = Look at the server's web page, or ask its admin.
missing-registration-flow = This server asks for something that cannot be done here.
    .cause = Every way to register has the step “{ $stage }”, which cannot be completed.
    .do = Register on the server's web page, or choose another server.
missing-endpoint = This server cannot renew or end a session.
    .cause = It answers that it does not know how.
    .do = Forget the session here; the server's admin can end it there.

## The server broke the protocol

misbehaviour-malformed-body = The server's answer makes no sense.
    .cause = It is not the JSON that the specification asks for.
    .do = Check the address; if it is right, show this to the server's admin.
misbehaviour-unexpected-status = The server's answer makes no sense (status { $status }).
    .cause = The specification has no such answer to this question.
    .do = Show this to the server's admin.
misbehaviour-body-too-large = The server's answer is far too large.
    .cause = No answer to this question should be that long.
    .do = Check the address; if it is right, show this to the server's admin.
misbehaviour-invalid-field = The server's answer makes no sense (field “{ $field }”).
    .cause = The field is missing, or not what the specification says.
    .do = Show this to the server's admin.
misbehaviour-insecure-address = The server leads to an address that is not secure (“{ $field }”).
    .cause = It is no https: address, so what you send could be read on the way.
    .do = Do not go on. Show this to the server's admin.
misbehaviour-redirect = The server sends us round in circles.
    .cause = Its redirects do not end, or lead to an address that is not secure.
    .do = Show this to the server's admin.
misbehaviour-no-flows = The server wants something, and does not say what.
    .cause = It lists no way to register.
    .do = Show this to the server's admin.
misbehaviour-no-progress = The server asks for the same again and again.
    .cause = A step that was completed does not count for it.
    .do = Show this to the server's admin.
misbehaviour-wrong-issuer = The browser came back from another server than it was sent to.
    .cause = The address names another authorization server, or none although it should: somebody may be mixing up two sign-ins.
    .do = Nothing was sent. Start again; if it happens again, tell the server's admin.
misbehaviour-malformed-callback = The browser came back with an answer that contradicts itself.
    .cause = The address holds both a code and an error, or several of them.
    .do = Nothing was sent. Start again; if it happens again, tell the server's admin.
misbehaviour-wrong-scope = The server granted other rights than were asked for.
    .cause = A Matrix session needs the client API and a device of its own; the new tokens were given back.
    .do = Tell the server's admin: its policy may be refusing the scope.
misbehaviour-delegation-broken = The server's name leads to no homeserver.
    .cause = /.well-known/matrix/client names an address where there is none.
    .do = Show this to the server's admin, or enter the homeserver's own address.

## Ours

bug-reply-of-another-kind = Narthex mixed up two answers.
    .cause = A part of Narthex answered with something that was not asked for.
    .do = Please report it, with a file written by --trace.
