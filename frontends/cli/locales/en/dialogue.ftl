# What is said while signing in.

cancelled = Cancelled.

## Screens

screen-welcome = Which server?
screen-paused = Continue signing in to { $server }?
screen-busy = Working
screen-limited = { $server } asks for patience. Going on by itself in { $seconds } s.
screen-problem = It did not work.
screen-choose = How do you want to sign in to { $server }?
screen-register-form = A new account on { $server }
screen-terms = { $server } asks you to accept its terms.
screen-registration-token = { $server } asks for a registration token, which its admin gives out.
screen-address = { $server } asks for your { $medium }.
screen-confirmation = A confirmation was sent to { $address }.
screen-in-browser = Go on in the browser:
screen-user-code = Open this page on any device and enter the code:
screen-user-code-picture = Scan the picture with a phone, or open this page on any device, and enter the code:
user-code = Code: { $code }
user-code-grouped = Code: { $code } (to read it aloud: { $grouped })
screen-awaiting-approval = The account { $username } on { $server } exists. An admin has to approve it before you can sign in.
screen-signed-in = Signed in as { $user }.
screen-session-ended = The session of { $user } has ended.
    .cause = The server has signed this device out, or it was not used for too long.
    .do = Sign in again on the same device with “narthex login --again”, or forget it with “narthex logout”.
screen-signed-out = Signed out { $user }.
step = Step { $step } of { $of }: { $what }

## Tasks

task-find-server = Looking for { $server }
task-ask-server = Asking { $server } what it offers
task-register = Registering with { $server }
task-check-token = Checking the registration token
task-send-confirmation = Having the confirmation sent
task-check-confirmation = Checking the code
task-find-page = Looking for the page to open
task-await-callback = Getting ready for the browser
task-register-client = Introducing Narthex to { $server }
task-get-user-code = Getting a code to enter on another device
task-list-devices = Asking for the devices
task-sign-in = Signing in to { $server }
task-keep-session = Keeping the session
task-check-session = Checking the session
task-refresh = Getting a fresh access token
task-sign-out = Signing out
task-erase-session = Forgetting the session

stage-dummy = nothing
stage-terms = accepting its terms
stage-registration-token = a registration token
stage-email = a confirmed e-mail address
stage-phone = a confirmed phone number
stage-recaptcha = a captcha in the browser
stage-other = a page in the browser
medium-email = e-mail address
medium-phone = phone number

## Questions, and what answers them without a terminal

question-server = Which server? Name it after the command.
question-continue = An earlier sign-in is unfinished. Name the same server to go on with it, or another one to drop it.
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

## Offers

offer-use-server = another server
offer-create-account = create an account
offer-check-username = check the username
offer-register = register
offer-accept-terms = accept all of them
offer-use-token = use another token
offer-use-email = use another e-mail address
offer-use-phone = use another phone number
offer-resend = send it once more
offer-enter-code = enter the code
offer-open-browser = open the browser again
offer-check-now = check now
offer-sign-in-with-password = sign in with a password
offer-sign-in-with-sso = sign in through the browser
offer-sign-in-with-browser = sign in through the browser
offer-sign-in-with-device-code = enter a code on another device
offer-list-devices = list the devices
offer-manage-account = manage the account in the browser
offer-sign-in-with-token = sign in with a login token
offer-retry = try again
offer-continue = go on
offer-cancel = go back
offer-check-session = check the session
offer-refresh = get a fresh access token
offer-sign-out = sign out
offer-forget = forget it here
offer-sign-in-again = sign in again

## Prompts

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
prompt-yes-no = y/n
hint-server = A server name, user id, URL or matrix.to link
hint-username = Letters a to z, digits and . _ = - / +
hint-checking = Checking …
hint-free = Free
hint-suggestion = What about { $suggestion }?
hint-strength = { $score ->
    [0] Very weak
    [1] Weak
    [2] So-so
    [3] Good
   *[4] Strong
}
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
ask-forget = Forget the session here, although the server could not be told?
policy = { $name } ({ $version }): { $url }
sent-times = { $sent ->
    [one] Sent once.
   *[other] Sent { $sent } times.
}
choice-provider = sign in with { $name }

## After

device = Device: { $device }
homeserver = Homeserver: { $url }
expires = The access token is renewed by itself; this one ends at { $time }.
kept-keyring = The session is in the system's keyring.
kept-passphrase-file = The session is in a file in { $place }, encrypted with your passphrase.
kept-key-file = The session is in a file in { $place }, encrypted with a key beside it: whoever can read your files can use it.
kept-memory = The session is kept nowhere: it ends with this program. A keyring or --passphrase-file would keep it.
next-steps = Next: “narthex whoami” asks the server, “narthex token” gives an access token to other programs, “narthex logout” ends it.
still-signed-in = The session is kept, so that it can be ended later. “narthex logout --forget” forgets it here, and leaves it at the server.
server-not-told = The server could not be told: the session is only forgotten here.
already-over = The session had ended already; it is forgotten here.
no-accounts = No account is signed in. “narthex login” signs in.
no-such-account = { $account } is not signed in here.
several-accounts = Several accounts are signed in; choose one with --account:
not-saved = What is done so far is not kept, and would be lost with this program:
resuming = Going on with what was left unfinished with { $server }.
dropping = Giving up what was left unfinished with { $server }.
bad-file = { $path } cannot be used: { $error }
bad-system = This system lacks something that Narthex needs: { $what }
replayed = The trace replays: { $inputs } inputs, { $views } views, all the same.
replayed-cut = It was cut when it was full; there was more.
replay-differs = After input { $input } something else happens than when it was recorded.
not-registerable = { $server } takes no new accounts that could be made here.

## Passwords

warning-keyboard-row = straight rows of keys are easy to guess
warning-keyboard-pattern = short patterns on the keyboard are easy to guess
warning-repeated-character = repeats like “aaa” are easy to guess
warning-repeated-part = repeats like “abcabc” are hardly better than “abc”
warning-top10 = one of the ten most used passwords
warning-top100 = one of the hundred most used passwords
warning-common = used by many people
warning-nearly-common = nearly one that is used by many people
warning-sequence = sequences like “abc” or “6543” are easy to guess
warning-recent-year = recent years are easy to guess
warning-single-word = a word by itself is easy to guess
warning-date = dates are often easy to guess
warning-single-name = a name by itself is easy to guess
warning-common-name = common names are easy to guess
suggestion-use-a-few-words = use a few words that do not belong together
suggestion-no-need-for-symbols = it needs no symbols, digits or capitals
suggestion-add-another-word = add another word or two
suggestion-capitals-help-little = a capital letter helps little
suggestion-all-capitals-help-little = all capitals help little
suggestion-reversed-words-help-little = a reversed word helps little
suggestion-substitutions-help-little = “@” for “a” helps little
suggestion-longer-keyboard-pattern = use a longer pattern with more turns
suggestion-avoid-repeats = avoid repetitions
suggestion-avoid-sequences = avoid sequences
suggestion-avoid-recent-years = avoid recent years
suggestion-avoid-own-years = avoid years that have to do with you
suggestion-avoid-own-dates = avoid dates that have to do with you
device-seen = last seen { $date }
device-this = this device
action-not-announced = The server does not announce this action, so the link leads to the account page itself.
no-account-page = The server has not told of a page on which this account is managed.
not-an-address = This is not an address that a browser comes back to.
nobody-waits = No sign-in waits for this address. It may be over already; “narthex login” starts another.
handler-ours = Addresses of { $scheme }: are opened by Narthex.
handler-outdated = Addresses of { $scheme }: were opened by Narthex at another place: { $other }. Run “narthex handler install” again.
handler-other = Addresses of { $scheme }: are opened by another application: { $other }.
handler-nobody = Nothing opens addresses of { $scheme }:.
