# What only the command line says.

## What to do about a failure, with flags and commands

do-screen-session-ended = Run “narthex login --again{ $to }” to sign in on the same device, or “narthex logout{ $to }” to remove the session.
do-storage-locked = Unlock the keyring and try again.
do-storage-passphrase-missing = Give the passphrase with --passphrase-file or NARTHEX_PASSPHRASE.
do-storage-wrong-passphrase = Check --passphrase-file or NARTHEX_PASSPHRASE.
do-storage-full = Free some space, or choose another place with --data-dir.
do-storage-denied = Change its permissions, or choose another place with --data-dir.
do-lost-proxy-unreachable = Check the proxy { $proxy } (HTTPS_PROXY, ALL_PROXY), or exclude the server with NO_PROXY.
do-lost-proxy-refused = Check the proxy { $proxy } (HTTPS_PROXY, ALL_PROXY) and its password, or exclude the server with NO_PROXY.
do-storage-other = Try again, or choose another place with --data-dir.
do-missing-password-sign-in = Use another way, such as --browser, --device or --sso. “narthex doctor” shows which there are.
do-missing-legacy-sign-in = Use another way, such as --browser, --device or --sso. “narthex doctor” shows which there are.
do-missing-token-sign-in = Use another way, such as --browser, --device or --sso. “narthex doctor” shows which there are.
do-missing-authorization-code = Use --username with --password-stdin, or ask the server's admin.
do-missing-device-grant = Use another way, such as --browser or --username with --password-stdin. “narthex doctor” shows which there are.
do-missing-revocation = Run “narthex logout{ $to }” for this session, or “narthex manage --action devices-list{ $to }” for the others.
do-missing-endpoint = Run “narthex logout --forget{ $to }” to remove the session locally. The server's admin can end it there.
do-refusal-signed-out-elsewhere = If that was you, nothing is wrong. Run “narthex login{ $in }” to sign in again.
do-missing-cross-signing-keys = Run “narthex encryption verify{ $to }” or “narthex encryption recover{ $to }”; or “narthex encryption set-up{ $to }” if the account has no identity yet. Then try again.
do-missing-oauth-session = Run “narthex login SERVER --browser{ $in }” to sign in again, then link. Or sign in on the new device as you did here, and verify it: “narthex encryption verify” on both.
do-bug-reply-of-another-kind = Please report it, with a file written by --report.

## Missing input, without a terminal

question-server = Missing: the server. Name it after the command.
question-account = Missing: which account. Name it: “narthex switch ACCOUNT{ $in }”.
question-continue = There is an unfinished sign-in. Name its server to resume it.
question-whose = Several registrations are unfinished, and nobody is named. Use --username, or “narthex logout --unfinished{ $in }” to give all up.
ways-there-are = The server has: { $flags }
question-server-before-sso = Missing: the server. What follows --sso is the identity provider. Name the server first: “narthex login SERVER --sso{ $in }”.
question-way-in = Missing: how to sign in. This server offers: { $flags }
question-username = Missing: the username. Use --username.
question-password = Missing: the password. Use --password-stdin and pipe it in.
question-terms = The server requires you to accept its terms. Read them, then use --accept-terms.
question-registration-token = The server requires a registration token. Use --registration-token.
question-email = The server requires an e-mail address. Use --email.
question-phone = The server requires a phone number. Use a terminal or --json.
question-code = The server sent a code. Enter it in a terminal or with --json.
question-callback = The callback address is missing. Run the same command again with the address on standard input; the sign-in still waits for it.
question-provider = Missing: the identity provider. Use --sso=ID with one of these:
question-provider-wrong = The server has no identity provider “{ $wrong }”. Use --sso=ID with one of these:
provider = { $id }: { $name }
question-other-callback = The address on standard input is not the callback of this sign-in. Copy the whole address of the page at which the browser ended, and run the same command again with it; the sign-in still waits.

## Prompts

prompt-server = Server
prompt-username = Username
prompt-password = Password
prompt-password-again = Repeat password
prompt-identifier = User ID, e-mail or phone
prompt-token = Registration token
prompt-login-token = Login token
prompt-email = E-mail address
prompt-other-email = Or another address
prompt-country = Country (two letters, such as DE)
prompt-number = Phone number
prompt-code = Code
prompt-choice = Your choice
prompt-retype = The passwords differ. Try again.
prompt-paste = Or paste the callback address
prompt-paste-only = Paste the callback address
prompt-open = Press Enter to open { $host } in your browser
prompt-password-of = Password of { $user }
prompt-waiting = Waiting
choices-yes = [Y/n]
choices-no = [y/N]
choices-yes-or-no = [y/n]
words-yes = y yes
words-no = n no
hint-server = Server name, user ID, URL or matrix.to link
hint-choice = Up and down, or type a number or a word. Enter: choose. Esc: back.
hint-number = A number from 1 to { $count }, or a word. Enter: the first.
hint-none-of-them = That is none of them. Use the arrow keys, or type a number from 1 to { $count }.
hint-yes-or-no = Type y or n.
hint-empty = Nothing was entered yet. Esc: back.
hint-suggestion = Press Enter to take { $suggestion }, or type another one.
hint-waiting = Waiting for you to open the link in it. Enter: check now. r: send it again. q: back.
waiting-for-scan = Waiting for the other device to scan it ({ $left } left). Esc: back.
waiting-for-device = Waiting for the other device ({ $left } left). Esc: back.
hint-check-code = A wrong code ends it on both devices. { $left } left. Esc: back.
no-check-code = That cannot be the code: it has two digits. Nothing was tried.
hint-code = Enter the code from the message. r: send it again. q: back.
hint-open = Enter: open the page. q: back. Time left: { $minutes } min.
hint-open-or-paste = Enter: open the page. Or open it elsewhere and paste the address where it ends here. q: back. Time left: { $minutes } min.
hint-paste = Open the address above in any browser, and paste here where it ends up ({ $minutes } min left). { $opens ->
    [no] {""}
   *[yes] o: open it here.{" "}
}q: back.
hint-page = Waiting for the browser ({ $minutes } min left). Enter: check now. { $opens ->
    [no] {""}
   *[yes] o: open it again.{" "}
}q: back.
hint-browser = Waiting for the browser ({ $minutes } min left). { $opens ->
    [no] {""}
   *[yes] o: open it again.{" "}
}q: back.
hint-browser-or-code = Waiting for the browser ({ $minutes } min left). { $opens ->
    [no] {""}
   *[yes] o: open it again.{" "}
}c: enter a code on another device. q: back.
hint-user-code = Waiting for approval (expires in { $minutes } min). Enter: check. c: copy. { $opens ->
    [no] {""}
   *[yes] o: open.{" "}
}q: back.
hint-user-code-from-device = Waiting for the sign-in to be allowed, within { $minutes } min: later this device gets no keys. Enter: check. c: copy. q: back.
hint-user-code-without-keys = Waiting for the sign-in to be allowed (the code expires in { $minutes } min). Enter: check. c: copy. q: back.
hint-browser-for-device = Waiting for the new device. Allow it within { $minutes } min: later it can still sign in, but gets no keys. { $opens ->
    [no] {""}
   *[yes] o: open it again.{" "}
}q: back.
hint-no-password-shown = Your input is hidden.
browser-opens = Opening { $host } in your browser. If no page appears, open the address above.
browser-absent = No browser could be started here. Open the address above on this or another device.
browser-forbidden = Not opened, because of --no-browser. Open the address above yourself.
code-copied = The terminal was asked to copy the code. Some terminals do not do that.
code-not-copied = This terminal cannot copy.
checking-now = Asking the server now. This continues by itself when the step is done.
checking-already = The server is being asked already. This continues by itself when the step is done.
comes-by-itself = The browser comes back by itself. If it cannot, paste the address of the page where it ended.
typed-no-address = This is neither an address nor one of the keys below.
typed-unknown = This is none of the keys below.
callback-not-ours = This address is not from this sign-in. Copy the whole address of the page where the browser ended.
elapsed = ({ $seconds } s)
opening-store = Opening the stored sessions…
ask-accept = Accept the terms?
choice-provider = Sign in with { $name }

## Commands

cancelled-nothing = Canceled. No account was created, and nobody was signed in.
cancelled-resume = Canceled. What was done so far is saved: run the same command again to resume it.
cancelled-in-browser = The sign-in was canceled in the browser. Run the command again to start over.
flags-not-used = Not used for this: { $flags }. The page in the browser asks for what the server needs.
flags-not-used-by-token = Not used for this: { $flags }.
token-for-the-page = If the page asks for a registration token, enter this one: { $token }
next-steps = Next: “narthex whoami{ $to }” checks the session, “narthex token{ $to }” prints an access token for other programs, “narthex logout{ $to }” signs out.
still-signed-in = The session is still saved, so that you can sign out later. “narthex logout --forget{ $to }” removes it locally.
still-signed-in-everywhere = This session is still saved. Which sessions are over is not known: run “narthex logout --everywhere{ $to }” again later.
not-told = Nothing was ended: the server was not told, because the session could not be removed from this computer.
no-accounts = No account is signed in. Run “narthex login{ $in }”.
no-such-account = { $account } is not signed in here.
several-accounts = Several accounts are signed in, and any of these could be meant. Name one with --account, or make it the default with “narthex switch ACCOUNT{ $in }”:
resuming = { $task ->
    [register] Resuming the registration on { $server }.
    [keep_session] Saving the session that { $server } has granted.
    [sign_out] Ending the unused session on { $server }.
   *[other] Resuming the sign-in to { $server }.
}
resuming-of = { $task ->
    [register] Resuming the registration of { $user } on { $server }.
    [keep_session] Saving the session of { $user } that { $server } has granted.
    [sign_out] Ending the unused session of { $user } on { $server }.
    [confirm_account] Another device has signed this one in as { $user }. That has still to be confirmed.
    [adopt_secrets] Resuming the verification of this device of { $user }.
    [await_device] Resuming the sign-in of another device of { $user }.
   *[other] Resuming the sign-in to { $server } as { $user }.
}
left-unfinished = { $task ->
    [register] An unfinished registration on { $server } is kept.
    [keep_session] A session that { $server } has granted is not saved yet.
    [sign_out] A session that nobody uses is not ended on { $server } yet.
   *[other] An unfinished sign-in to { $server } is kept.
}
left-unfinished-of = { $task ->
    [register] An unfinished registration of { $user } on { $server } is kept.
    [keep_session] A session of { $user } that { $server } has granted is not saved yet.
    [sign_out] A session of { $user } that nobody uses is not ended on { $server } yet.
    [confirm_account] Nobody has said yet whether { $user }, as whom another device has signed this one in, is your account.
    [adopt_secrets] The verification of this device of { $user } is unfinished.
    [await_device] The sign-in of another device of { $user } is unfinished.
   *[other] An unfinished sign-in to { $server } as { $user } is kept.
}
which-account = Which account?
default-which = Which account is meant without --account?
logout-which = Sign out of which session?
default-mark = (default)
ended-mark = (ended by the server)
verified-mark = (verified)
unverified-mark = (not verified)
known-verified = This device was verified when that was last checked.
known-unverified = This device was not verified when that was last checked. “narthex encryption status{ $to }” checks again.
unconfirmed-mark = (not confirmed)
unconfirmed = Another device has signed this one in as { $user }, and nobody has said yet whether that is your account. “{ $again }{ $in }” asks, and “narthex logout{ $to }” signs out.
switched = Commands without --account mean { $account } from now on.
default-stays = Commands without --account still mean the default, { $default }. “narthex switch { $account }{ $in }” changes that.
replaced = Signed out the older session { $account }, which the new one replaces.
not-replaced = The older session { $account } could not be signed out. It is still saved; the next sign-in of this user tries again, and so does “narthex logout{ $to }”.
saved-meanwhile = Another process has meanwhile saved { $account }, another session of the same user. Both stay signed in.
signed-out-over = Signed out { $user }. The server had ended the session already.
signed-out-here = Removed the session of { $user } here. The server was not told, and may still list this device.
over-not-removed = The session is over at the server, but it could not be removed from this computer.
not-removed = The session could not be removed from this computer, and the server may still list this device.
nothing-unfinished = No sign-in is unfinished.
signed-out = Signed out { $user } on the device { $device }.
given-up = { $task ->
    [register] Gave up the registration on { $server }.
    [keep_session] Ended the session that { $server } had granted.
    [sign_out] Ended the unused session on { $server }.
   *[other] Gave up the sign-in to { $server }.
}
given-up-of = { $task ->
    [register] Gave up the registration of { $user } on { $server }.
    [keep_session] Ended the session of { $user } that { $server } had granted.
    [sign_out] Ended the unused session of { $user } on { $server }.
    [confirm_account] Signed out { $user }, which nobody had confirmed to be the right account.
    [adopt_secrets] Gave up the verification of this device of { $user }, which stays signed in.
    [await_device] Gave up the sign-in of another device of { $user }.
   *[other] Gave up the sign-in to { $server } as { $user }.
}
still-unfinished = It is still unfinished, so that you can try again with “narthex logout --unfinished{ $in }”.
status-profile = Profile { $name }:
status-nobody = No account is signed in.
status-session = { $user }, device { $device }, on { $server }
status-lost = Nothing is saved of this session any more. Sign in again, or run “narthex logout{ $to }”.
status-ended = The server has ended this session. Run “narthex login --again{ $to }” or “narthex logout{ $to }”.
status-expires = The access token expires in { $minutes } min.
status-expired = The access token has expired.
status-unknown-life = The server did not say when the access token expires.
status-renews = It can be refreshed.
status-renews-not = It cannot be refreshed.
status-runs = A sign-in that another process runs now.
status-since = Begun on { $date }.
status-unfinished-unknown = Whether a sign-in is unfinished could not be found out.
status-drop = “narthex logout --unfinished{ $in }” gives up what is unfinished.
left-resume = “{ $command }{ $in }” resumes it.
asked-password = The password
asked-login-token = The login token
asked-access-token = The access token
asked-passphrase = The passphrase
asked-address = The callback address
bad-line-no-input = { $what } is missing: standard input is empty. Pipe it in.
bad-line-empty = { $what } is empty. Put it on the first line.
bad-line-too-long = { $what } is too long. Put it alone on the first line.
bad-line-utf-16 = { $what } is encoded as UTF-16. Save it as UTF-8.
bad-line-not-utf-8 = { $what } is not valid UTF-8. Save it as UTF-8.
bad-line-nul = { $what } contains a NUL byte. Save it as plain text in UTF-8.
bad-line-whitespace = { $what } contains spaces, or is followed by another line. Put it alone on the first line.
bad-line-foreign = { $what } contains a character that no token has. Copy it again, and put it alone on the first line.
bad-variable = { $why ->
    [empty] The environment variable { $variable } is empty. Set it, or unset it.
    [too-long] The environment variable { $variable } is too long.
    [whitespace] The environment variable { $variable } contains spaces or more than one line. Set it to the token alone.
    [foreign] The environment variable { $variable } contains a character that no token has. Copy the token again.
   *[other] The environment variable { $variable } is not valid UTF-8.
}
no-data-dir = This system does not say where programs save their data (HOME is not set). Choose a directory with --data-dir.
no-homeserver = NARTHEX_TOKEN is set, but NARTHEX_HOMESERVER is not. Set it to the server of the token.
token-put-off = The access token could not be refreshed: { $why } It works for { $seconds } more s.
token-busy = Another program is refreshing this session. Until it has, this access token works for { $seconds } more s.
not-renewable = The server issued no refresh token for this session, so its access token cannot be refreshed. Without --refresh, “narthex token{ $to }” checks the token and prints it.
not-run = Cannot run { $program }: { $error }
bad-output = Cannot write to standard output: { $error }
timed-out = Stopped after { $seconds } { $seconds ->
    [one] second
   *[other] seconds
}, as --timeout says{ $what ->
    [browser] , while waiting for the browser.
    [code] , while waiting for the code to be entered on another device.
    [confirmation] , while waiting for the confirmation.
    [device] , while waiting for the other device.
    [approval] , while waiting for the server's admin.
    [server] , while waiting for the server to answer.
    [limit] , while waiting for the server to allow another attempt.
    [answer] , while waiting for your answer.
   *[other] .
}
from-environment = From the environment (NARTHEX_TOKEN): Narthex does not save this session.
still-valid = The session of { $user } is still valid; nothing was done.
not-used = { $what } was not used.
timed-out-settled = The time of --timeout ({ $seconds } s) is over. Narthex waited longer, because the session could have been lost with the server’s answer.
timed-out-resume = What was done so far is saved: run the same command again to resume it.
panicked = Narthex has a bug, at { $place }. Please report it. What was saved before is still there.
report-written = The report is written. It names servers and users, and contains no passwords or tokens.
offer-report = To report this problem, run the command again with --report FILE, and attach the file.
no-trace = No trace was written: this command did not contact a server.
waiting-for-passphrase = Waiting for a line in the pipe { $path }…
bad-file = Cannot use { $path }: { $error }
no-code-in = { $why ->
    [empty] { $path } is empty.
    [not_a_picture] { $path } is neither a picture (PNG or JPEG) nor base64, or it is damaged.
    [too_large] { $path } has more than 20 MiB or 20 megapixels.
    [unreadable] The QR code in { $path } cannot be read: it is not sharp, or partly covered.
    [several] { $path } has several QR codes, which say different things. Cut out the one that is meant.
    [too_busy] { $path } has too much in it that looks like a QR code. Cut out the code.
   *[no_code] No QR code was found in { $path }.
}
standard-input = Standard input
bad-system = Missing on this system: { $what }
replay-unreadable = The trace cannot be read: { $error }
replay-malformed = This is not a trace: see line { $line }.
replay-version = The trace has version { $version }, which this Narthex does not replay.
fault-not-found = no such file or directory
fault-denied = permission denied
fault-exists = it exists already
fault-is-a-directory = it is a directory
fault-not-a-directory = part of the path is not a directory
fault-full = no space left
fault-read-only = it cannot be written to
fault-not-utf-8 = it is not text in UTF-8
fault-closed = it is closed, or discarded by whoever started this program
replayed = The trace replays: { $inputs } inputs, { $views } views, all identical.
settling = Waiting for an answer of the server that the session depends on. Ctrl-C ends at once.
replayed-cut = The trace ends where its size limit was reached.
replayed-hidden = From here on, the trace does not hold what happened: it was between two devices.
replay-differs = After input { $input }, the replay differs from the recording.
device-seen = last seen { $date }
device-this = this device
action-not-announced = The server does not announce this action. The link leads to the account page.
no-account-page = The server does not announce an account page.
not-an-address = This is not a callback address.
nobody-waits = No sign-in waits for this address. It may be over already. Run “narthex login{ $in }” to start another.
nobody-answers = A running Narthex does not answer. If its sign-in waits for this address, try again in a moment.
storage-place = Path: { $path }
handler-ours = Narthex opens { $scheme }: addresses.
handler-outdated = Narthex opened { $scheme }: addresses from another path: { $other }. Run “narthex handler install” again.
handler-other = Another application opens { $scheme }: addresses: { $other }.
handler-nobody = No application opens { $scheme }: addresses.
advice-fine = None needed: people can sign in. Try “narthex login { $server }{ $in }”.
advice-register = Create an account with “narthex register { $server }{ $in }”.

## Another device

question-warning = Two devices are brought together, and the warning has to be answered. Use --yes, a terminal or --json.
question-scan = Missing: the QR code of the other device. Use --scan.
question-check-code = The other device shows two digits. Enter them in a terminal or with --json.
question-confirm = The other device names a server or an account that has to be confirmed. Use --yes, a terminal or --json.
question-consent = The new device has to be allowed on a page. Use a terminal or --json.
question-emoji = Somebody has to compare the emoji of two devices. Use a terminal or --json.
asked-code = the QR code
ask-go-on = Go on?
prompt-scanned = Content of the code in base64, or the file of its picture
prompt-check-code = The two digits
code-does-not-fit = This terminal is too small to draw it: that takes { $columns } columns and { $rows } rows. Make it larger and begin again, use --qr-file, or paste this there:
code-in-file = It is a picture in { $file }, for as long as it can be scanned.
choice-open-page = Open the page
choice-go-on-without = Go on: I open the page myself

## Encryption

asked-recovery-key = the recovery key
ask-recovery-key = Recovery key
ask-verification-request = Did you start this there, just now?
ask-emoji = Does the other device show the same, in the same order?
verification-await-request = Start the verification on your other device, with { $device }.
verification-await-other = This device, { $device }, needs no verification. Start it on the device that does: it asks this one.
verification-await-device = Your other devices are asked to verify { $device }. Accept it on one of them, or run “narthex encryption verify” there.
verification-requested = Your device { $device } asks to be verified with this one.
verification-emoji = Compare these with what { $device } shows:
waits-for-start = Waiting for the other device
waits-for-request = Waiting for a request
waits-for-device = Waiting for an answer
waits-for-answer = Waiting for the answer on the other device
waits-for-keys = Exchanging the keys of the account
hint-escape = Esc: stop
recovery-key-is = Keep this recovery key in a safe place. With it you get your encrypted messages back if you lose all devices:
encryption-waits = Waiting for another program that has the encryption of this device open (process { $pid })…
next-verify = Next: “narthex encryption verify{ $to }” verifies it with another device of yours, “narthex encryption recover{ $to }” with the recovery key.
next-set-up = Next: “narthex encryption set-up{ $to }” gives it one.
encryption-held = Another program has the encryption of this device open (process { $pid }).
    .do = Close it, and try again.
encryption-other-device = The encryption that is saved here is that of another device.
    .do = Sign out and sign in again.
encryption-no-secrets = This device does not have the keys of the account.
    .do = Verify it with another device: “narthex encryption verify{ $to }”; or with the recovery key: “narthex encryption recover{ $to }”.
encryption-secrets-do-not-match = The keys are not those that the account publishes.
    .do = Nothing was changed. Check which devices the account has.
encryption-has-identity = The account already has an identity.
    .do = Verify this device with another one: “narthex encryption verify{ $to }”; or with the recovery key: “narthex encryption recover{ $to }”.
encryption-has-recovery = The encryption is set up, and the account has a recovery key, which is shown only once.
    .do = If you do not have it, make a new one: “narthex encryption set-up --new-recovery-key{ $to }”. The old one is of no use any more then.
encryption-has-backup = The account already has a backup of message keys, and this device does not have its key.
    .do = Verify this device with the one that set it up: “narthex encryption verify{ $to }”.
encryption-no-identity = The account has no identity yet.
    .do = Set it up: “narthex encryption set-up{ $to }”.
encryption-no-recovery = The account has no recovery key.
    .do = Verify this device with another one: “narthex encryption verify{ $to }”.
encryption-wrong-recovery-key = This is not the recovery key of the account.
    .do = Check it, and enter it again.
encryption-needs-approval = The server wants you to allow this first, on its account page: { $page }
    .do = Allow it there, and try again.
encryption-needs-approval-somewhere = The server wants you to allow this first, and does not say on which page.
    .do = Allow it on the account page, and try again.
encryption-no-other-device = The account has no other device to verify this one with.
    .do = Use the recovery key: “narthex encryption recover{ $to }”.
encryption-mismatch = The emoji are not the same: somebody may listen in. Neither device was verified.
    .do = Try again. If it happens again, do not trust the server or the other device.
encryption-timed-out = Nobody answered in time, and the verification is over.
    .do = Start again, with both devices at hand.
encryption-answered-elsewhere = Another of your devices has answered the request.
    .do = Go on there.
encryption-crossed = Another request to verify came in between, and called this one off.
    .do = Start again, on one of the two devices at a time.
encryption-cancelled-there = The verification was canceled on the other device.
    .do = Start again if you want to.
encryption-cancelled = The verification was canceled ({ $what }).
    .do = Start again if you want to.
encryption-no-emoji = The other device cannot compare emoji.
    .do = Verify in another way.
encryption-token-not-in-force = The access token is not valid any more.
    .do = Renew it: “narthex token --refresh{ $to }”.
encryption-refused = The server refuses ({ $status }).
    .do = Try again later, or ask the server's admin.
encryption-misbehaved = The server's answer is not valid.
    .do = Show this to the server's admin.
encryption-other = The encryption failed: { $what }
    .do = Try again. If it happens again, report it.

# The names of the emoji of a verification, as the specification has them
emoji =
    .dog = Dog
    .cat = Cat
    .lion = Lion
    .horse = Horse
    .unicorn = Unicorn
    .pig = Pig
    .elephant = Elephant
    .rabbit = Rabbit
    .panda = Panda
    .rooster = Rooster
    .penguin = Penguin
    .turtle = Turtle
    .fish = Fish
    .octopus = Octopus
    .butterfly = Butterfly
    .flower = Flower
    .tree = Tree
    .cactus = Cactus
    .mushroom = Mushroom
    .globe = Globe
    .moon = Moon
    .cloud = Cloud
    .fire = Fire
    .banana = Banana
    .apple = Apple
    .strawberry = Strawberry
    .corn = Corn
    .pizza = Pizza
    .cake = Cake
    .heart = Heart
    .smiley = Smiley
    .robot = Robot
    .hat = Hat
    .glasses = Glasses
    .spanner = Spanner
    .santa = Santa
    .thumbs-up = Thumbs Up
    .umbrella = Umbrella
    .hourglass = Hourglass
    .clock = Clock
    .gift = Gift
    .light-bulb = Light Bulb
    .book = Book
    .pencil = Pencil
    .paperclip = Paperclip
    .scissors = Scissors
    .lock = Lock
    .key = Key
    .hammer = Hammer
    .telephone = Telephone
    .flag = Flag
    .train = Train
    .bicycle = Bicycle
    .aeroplane = Aeroplane
    .rocket = Rocket
    .trophy = Trophy
    .ball = Ball
    .guitar = Guitar
    .trumpet = Trumpet
    .bell = Bell
    .anchor = Anchor
    .headphones = Headphones
    .folder = Folder
    .pin = Pin
