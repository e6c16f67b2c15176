# What only the command line says.

## What a script would have to say

question-server = Which server? Name it after the command.
question-continue = An earlier sign-in is unfinished. Name its server after the command to go on with it.
question-way-in = How to sign in? Give --browser, --device, --sso, or --username and --password-stdin.
question-username = Which username? Give --username.
question-password = Which password? Give --password-stdin and pipe the password in.
question-terms = The server asks you to accept its terms. Read them, then give --accept-terms.
question-registration-token = The server asks for a registration token. Give --registration-token.
question-email = The server asks for an e-mail address. Give --email.
question-phone = The server asks for a phone number, which needs a terminal or --json.
question-code = A code was sent, and has to be entered in a terminal or with --json.
question-callback = The address that the browser ended up at has not come. The sign-in waits for it: give the same command again, and then the address.
question-provider = Which provider? Give --sso with one of them.

## At a terminal

prompt-server = Server
prompt-username = Username
prompt-password = Password
prompt-password-again = Once more
prompt-identifier = User id, e-mail or phone
prompt-token = Registration token
prompt-login-token = Login token
prompt-email = E-mail address
prompt-other-email = Or another address
prompt-country = Country (two letters, such as DE)
prompt-number = Phone number
prompt-code = Code
prompt-choice = Your choice
prompt-retype = The two are not the same. Type the password again.
prompt-paste = Or paste its last address
prompt-waiting = Waiting
hint-server = A server name, user id, URL or matrix.to link
hint-waiting = Waiting for the link in it to be opened. Enter: check now. r: send it once more.
hint-page = Waiting for the browser. Enter: check now. o: open it again. q: go back.
hint-browser = Waiting for the browser. o: open it again. q: go back.
hint-browser-or-code = Waiting for the browser. o: open it again. c: enter a code on another device. q: go back.
hint-user-code = { $minutes ->
    [one] It goes on by itself, for one more minute.
   *[other] It goes on by itself, for { $minutes } more minutes.
} Enter: look now. o: open the page here. q: go back.
hint-no-password-shown = What you type is not shown.
ask-accept = Accept all of them?
choice-provider = sign in with { $name }

## About commands

next-steps = Next: “narthex whoami” asks the server, “narthex token” gives an access token to other programs, “narthex logout” ends it.
still-signed-in = The session is kept, so that it can be ended later. “narthex logout --forget” forgets it here, and leaves it at the server.
no-accounts = No account is signed in. “narthex login” signs in.
no-such-account = { $account } is not signed in here.
several-accounts = Several accounts are signed in; choose one with --account:
resuming = Going on with what was left unfinished with { $server }.
bad-file = { $path } cannot be used: { $error }
bad-system = This system lacks something that Narthex needs: { $what }
replayed = The trace replays: { $inputs } inputs, { $views } views, all the same.
replayed-cut = It was cut when it was full; there was more.
replay-differs = After input { $input } something else happens than when it was recorded.
device-seen = last seen { $date }
device-this = this device
action-not-announced = The server does not announce this action, so the link leads to the account page itself.
no-account-page = The server has not told of a page on which this account is managed.
not-an-address = This is not an address that a browser comes back to.
nobody-waits = No sign-in waits for this address. It may be over already; “narthex login” starts another.
nobody-answers = A running Narthex does not answer. If it is the one that waits for this address, try again in a moment.
storage-place = Where: { $path }
handler-ours = Addresses of { $scheme }: are opened by Narthex.
handler-outdated = Addresses of { $scheme }: were opened by Narthex at another place: { $other }. Run “narthex handler install” again.
handler-other = Addresses of { $scheme }: are opened by another application: { $other }.
handler-nobody = Nothing opens addresses of { $scheme }:.
advice-fine = Nothing: people can sign in. Try “narthex login { $server }”.
advice-register = Create an account with “narthex register { $server }”.
