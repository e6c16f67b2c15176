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
policy = { $name } ({ $version }): { $url }
sent-times = { $sent ->
    [one] Sent once.
   *[other] Sent { $sent } times.
}

## After

device = Device: { $device }
homeserver = Homeserver: { $url }
kept-keyring = The session is in the system's keyring.
kept-passphrase-file = The session is in a file in { $place }, encrypted with your passphrase.
kept-key-file = The session is in a file in { $place }, encrypted with a key beside it: whoever can read your files can use it.
kept-memory = The session is kept nowhere: it ends with this program. A keyring or --passphrase-file would keep it.
server-not-told = The server could not be told: the session is only forgotten here.
already-over = The session had ended already; it is forgotten here.
not-saved = What is done so far is not kept, and would be lost with this program:

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
