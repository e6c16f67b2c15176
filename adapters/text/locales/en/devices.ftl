# Two devices, one of which signs the other in.

## Two devices: screens

screen-warning = Only scan a code that your own other device shows right now. Whoever sent you a code could take over your account, or sign you in to theirs.
screen-warning-link = The other device will get full access to your account: all messages, and the keys that decrypt them. Only go on with a device that you have in your hands.
screen-warning-existing-scan = The device whose code you scan will get full access to your account: all messages, and the keys that decrypt them. Only scan a code that your own new device shows right now, and none that was sent to you.
screen-scanner = Scan the QR code that the other device shows.
screen-qr-code = Scan this code with the other device:
screen-without-encryption = This program has no encryption: this device will be signed in, but not verified.
screen-check-code = Enter this code on the other device, and then allow the sign-in there: { $code }
screen-check-code-existing = Enter this code on the new device: { $code }
screen-enter-check-code = Enter the two digits that the other device shows. There is one attempt.
screen-confirm-server = You chose { $server }, and the other device is on { $found }. Sign in to { $found }?
screen-consent = A new device, { $device }, wants to sign in as { $user }. Allow it on the page at { $host }.
consent-elsewhere = This page is not at the server where you signed in: the new device names it, and it may only look like a page of your server. If you do not know it, enter nothing there, and cancel.
screen-in-browser-for-device = Allow the new device in your browser. The code there must be the one that the new device shows:
screen-user-code-from-device = The other device opens this page. Check that it shows this code, or type it there, and allow the sign-in:
user-code-without-keys = The other device has left, or its time is over. This one can still be signed in, but gets no keys: it has to be verified afterwards.
screen-confirm-account = This device is now signed in as { $user }. Is that your account?
screen-linked = The device { $device } is signed in as { $user }.
linked-verified = It is verified.
linked-unverified = The server does not show it as verified yet: it has not finished, or was signed out again there.

## Trust

trust-verified = This device is verified, and the backup of your message keys is in use.
trust-verified-without-backup = This device is verified. The backup of message keys is not in use here.
trust-needs-verification = This device is not verified yet.
trust-no-identity = The account has no identity yet, so there is nothing to verify this device with.
trust-cannot-verify-no-encryption = This device is not verified: this program has no encryption.
trust-cannot-verify-no-secrets = This device is not verified: the keys did not come.
trust-cannot-verify-secrets-do-not-match = This device is not verified: the keys that came are not those of the account. None was used.
trust-cannot-verify-server = This device is not verified: the server could not be asked, or did not take the keys.
trust-cannot-verify-storage = This device is not verified: the keys could not be saved here.

## Two devices: tasks and offers

task-open-rendezvous = Preparing the QR code
task-join-rendezvous = Connecting to the other device
task-await-device = Waiting for the other device
task-tell-device = Telling the other device
task-check-device = Checking that the account has the new device
task-check-secrets = Checking this device's keys
task-confirm-account = Waiting for you to confirm the account
task-adopt-secrets = Verifying this device
task-share-secrets = Sending the keys to the new device
task-await-verification = Waiting for you to confirm the account on the new device
offer-show-code = Show a QR code
offer-scan-code = Scan a QR code
offer-understood = Go on
offer-use-code = Use a code
offer-confirm = Yes
offer-cannot-open = The page cannot be opened here

## Two devices: what can go wrong

refusal-check-code-wrong = The code is not the one that the other device shows.
    .cause = It was mistyped, or another device scanned the QR code. There is one attempt, so that nobody can guess.
    .do = Start again with a new QR code.
refusal-cancelled-there = It was canceled on the other device.
    .cause = Somebody canceled it there, or that program was closed.
    .do = Start again if you want to.
refusal-new-device-absent = Your account does not show the new device.
    .cause = It says that it is signed in: it was allowed for another account, or the server did not show it in time. It got no keys.
    .do = Check which account was signed in on the page. Sign out on the new device, and start again.
refusal-other-device = The other device gave up ({ $reason }).
    .cause = It gives this reason, and no other.
    .do = Start again. If it happens again, update the program on the other device.
other-device-exists = The account already has a device with this ID.
    .cause = The new device asks for an ID that a device of the account has.
    .do = Start again on the new device: it takes another one.
other-device-not-found = The other device does not see this device in the account.
    .cause = The server did not show the new device there in time. No keys were sent.
    .do = You are signed in. Verify this device in another way.
other-device-unsupported = The other device cannot sign a device in this way.
    .cause = Its program or its server does not support it.
    .do = Sign in in another way.
other-device-unable-to-open = The other device cannot open the page for the sign-in.
    .cause = Its user, or its program, says so.
    .do = Sign in in another way, or use another device.
other-device-expired = On the other device, the code for the sign-in has expired.
    .cause = The sign-in was not allowed in time.
    .do = Start again.
other-device-unexpected = The other device did not understand this one.
    .cause = It received something that it did not expect, and gave up.
    .do = Start again. If it happens again, update both programs.
wrong-code-verification = This code verifies a device that is signed in already.
    .cause = It is another kind of code, and does not sign in.
    .do = On the other device, choose to link a new device, and scan the code that it shows then.
wrong-code-both-new = A new device shows this code, and this one is new as well.
    .cause = One of the two has to be signed in: it signs in the other.
    .do = Scan the code of a device that is signed in.
wrong-code-both-signed-in = A device that is signed in shows this code, and so is this one.
    .cause = One of the two has to be new: the other signs it in.
    .do = Scan the code of a new device, which shows it to be signed in.
wrong-code-newer = This code is of a newer kind than this program knows.
    .cause = The program on the other device is newer.
    .do = Update this program.
wrong-code-link = This code is a link, and no sign-in code.
    .cause = It leads to a page, or to a place in Matrix.
    .do = Scan the code that the other device shows for signing in.
wrong-code-other = This is no sign-in code.
    .cause = It holds something else.
    .do = Scan the code that the other device shows for signing in.
wrong-code-as-text = The code was read as text, and lost a part of its content.
    .cause = A sign-in code holds bytes. What read it turned them into text.
    .do = Read the picture again with a program that keeps the bytes.
wrong-code-damaged = This sign-in code is damaged.
    .cause = A part of it is missing, or cannot be right.
    .do = Scan it again, or have the other device show a new one.
wrong-code-insecure = This code leads to an address that is not secure.
    .cause = Its address is not https.
    .do = Do not use it. If it is from your own server, its admin has to set up https.
expired-rendezvous = The QR code is no longer valid.
    .cause = Its time is over, a wrong check code was entered, or the other device has given up.
    .do = Start again with a new code.
expired-other-device = The other device does not answer any more.
    .cause = What was due from it did not come in time.
    .do = Start again. If the new device is signed in by now, verify it in another way.
missing-cross-signing-keys = This device does not have the keys of the account.
    .cause = A new device is verified with them, so this one cannot sign it in.
    .do = Set up encryption on this device, or verify it, and try again.
missing-oauth-session = This session cannot let another device in.
    .cause = It was not signed in by OAuth 2.0 (with the browser or a code), which a link needs.
    .do = Sign in again with the browser or a code, or sign in on the new device as you did here, and verify it with this one.
missing-encryption = This program was built without encryption.
    .cause = So it keeps no keys: it can neither verify a device nor give a new one the keys of the account.
    .do = Use a build with encryption.
misbehaviour-insecure-channel = No secure connection to the other device.
    .cause = What answered is not the device with the code, another device was faster to scan it, or what came was changed on the way.
    .do = Start again with a new code, and have only one device scan it.
misbehaviour-unexpected-message = The other device said something that was not due.
    .cause = Its program does something else than is specified.
    .do = Start again. If it happens again, update both programs.
misbehaviour-secrets-do-not-match = The keys that came are not those of the account.
    .cause = The account publishes other ones. None of them was used.
    .do = You are signed in. Verify this device in another way, and check which devices the account has.
