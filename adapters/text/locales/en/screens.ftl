# Screens, tasks and offers.

cancelled = Canceled.

## Screens

screen-welcome = Which server?
screen-paused = { $task ->
    [register] Resume the registration on { $server }?
    [keep_session] Finish saving the new session on { $server }?
    [sign_out] Finish ending the session on { $server }?
   *[other] Resume signing in to { $server }?
}
screen-paused-of = { $task ->
    [register] Resume the registration of { $user } on { $server }?
    [keep_session] Finish saving the new session of { $user } on { $server }?
    [sign_out] Finish ending the session of { $user } on { $server }?
    [confirm_account] Another device has signed this one in as { $user }, and nobody has said yet whether that is your account. Answer that now? “No” signs out.
    [adopt_secrets] Resume verifying this device of { $user }?
    [await_device] Resume signing in another device of { $user }?
   *[other] Resume signing in to { $server } as { $user }?
}
screen-busy = Working…
screen-limited = { $server } is rate limiting. Retrying in { $seconds } s…
screen-problem = Something went wrong.
screen-choose = How do you want to sign in to { $server }?
screen-register-form = New account on { $server }
screen-terms = { $server } requires you to accept its terms.
screen-registration-token = { $server } requires a registration token. Its admin hands them out.
screen-address = { $server } requires your { $medium }.
screen-confirmation = A confirmation was sent to { $address }.
screen-in-browser = Continue in your browser:
screen-user-code = Open this page on any device and enter the code:
screen-user-code-picture = Scan the QR code with a phone, or open this page on any device, and enter the code:
user-code = Code: { $code }
user-code-grouped = Code: { $code } (read as { $grouped })
screen-awaiting-approval = Your account { $username } on { $server } was created. An admin has to approve it before you can sign in.
screen-signed-in = Signed in as { $user }.
screen-session-ended = The session of { $user } has ended.
    .cause = The server signed this device out, or the session expired.
    .do = Sign in again on the same device, or sign out to remove the session here.
screen-signed-out = Signed out { $user }.
step = Step { $step } of { $of }: { $what }
policy = { $name } ({ $version }): { $url }
policy-without-version = { $name }: { $url }
sent-times = { $sent ->
    [one] Sent once.
   *[other] Sent { $sent } times.
}

## Tasks

task-find-server = Looking up { $server }
task-ask-server = Checking what { $server } supports
task-register = Registering on { $server }
task-check-token = Checking the registration token
task-send-confirmation = Requesting the confirmation
task-check-confirmation = Checking the code
task-find-page = Looking up the page to open
task-await-callback = Preparing for the browser
task-register-client = Registering this client with { $server }
task-get-user-code = Requesting a code to enter on another device
task-list-devices = Listing devices
task-check-storage = Checking that a session can be saved
task-sign-in = Signing in to { $server }
task-keep-session = Saving the session
task-check-session = Checking the session
task-refresh = Refreshing the access token
task-sign-out = Signing out
task-erase-session = Removing the session
task-forget-session = Removing the session from this computer

## What a registration asks for

stage-dummy = nothing
stage-terms = accepting the terms
stage-registration-token = a registration token
stage-email = a confirmed e-mail address
stage-phone = a confirmed phone number
stage-recaptcha = a captcha in the browser
stage-other = a page in the browser
medium-email = e-mail address
medium-phone = phone number

## Offers

offer-use-server = Use another server
offer-create-account = Create an account
offer-check-username = Check the username
offer-register = Register
offer-accept-terms = Accept the terms
offer-use-token = Use another token
offer-use-email = Use another e-mail address
offer-use-phone = Use another phone number
offer-resend = Send it again
offer-enter-code = Enter the code
offer-open-browser = Open the browser again
offer-check-now = Check now
offer-sign-in-with-password = Sign in with a password
offer-sign-in-with-sso = Sign in with the browser
offer-sign-in-with-browser = Sign in with the browser
offer-sign-in-with-device-code = Enter a code on another device
offer-list-devices = List devices
offer-manage-account = Manage the account in the browser
offer-sign-in-with-token = Sign in with a login token
offer-sign-in-with-access-token = Sign in with an access token
offer-retry = Try again
offer-continue = Resume
offer-cancel = Go back
offer-check-session = Check the session
offer-refresh = Refresh the access token
offer-sign-out = Sign out
offer-forget = Remove it locally
offer-sign-in-again = Sign in again

## A username

username-rule = Use a to z, 0 to 9 and . _ = - / +
username-checking = Checking…
username-free = Available
username-suggestion = Try { $suggestion }.

## Where a session is saved

device = Device: { $device }
homeserver = Homeserver: { $url }
stored-keyring = Saved in { $place }, encrypted with a key in the system keyring.
stored-passphrase-file = Saved in { $place }, encrypted with your passphrase.
stored-key-file = Saved in { $place }, encrypted with a key next to it: anyone who can read your files can use the session.
stored-memory = Not saved: the session ends with this program.
server-not-told = Removed locally; the server may still list this device.
already-over = The session had already ended. Removed locally.
not-saved = Progress is not saved, and would be lost with this program:

## Passwords

password-strength = { $score ->
    [0] Very weak
    [1] Weak
    [2] Fair
    [3] Good
   *[4] Strong
}
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
