# What the doctor says.

asks-well-known = where is the homeserver (/.well-known/matrix/client)
asks-versions = is it a Matrix homeserver (/versions)
asks-login = which sign-in does it offer (/login)
asks-auth-metadata = does it sign in by OAuth 2.0 (/v1/auth_metadata)
asks-auth-metadata-unstable = the same, at its old path (MSC2965)
asks-registration = does it register (/register)
finding-present = yes
finding-absent = no, and that is fine
finding-declined = it says no

doctor-title = { $server } is at { $url }
doctor-versions = Matrix { $first } to { $last }
doctor-asked = What was asked:
doctor-sign-in = Sign-in:
doctor-register = New accounts:
doctor-password = with a password
doctor-token = with a login token
doctor-sso = through the browser (single sign-on)
doctor-sso-with = through the browser, with { $providers }
doctor-oauth = through the browser, by OAuth 2.0 at { $issuer }; not yet with Narthex
doctor-oauth-unclear = OAuth 2.0: could not be found out
doctor-other = in another way: { $kinds }
doctor-no-sign-in = nobody can sign in here with Narthex
doctor-open = one needs: { $stages }
doctor-unguarded = anyone, without any question
doctor-closed = none: the admin has switched registration off
doctor-absent = none here
doctor-unclear = could not be found out; trying is the way to know
doctor-or = or: { $stages }
doctor-advice = What to do:
advice-fine = Nothing: people can sign in. Try “narthex login { $server }”.
advice-register = Create an account with “narthex register { $server }”.
advice-unguarded = For the admin: anyone can create accounts without any question, which invites spam. Ask for a token or an e-mail address.
advice-no-sign-in = For the admin: /login offers neither a password nor single sign-on. Enable one of them.
advice-oauth-unclear = For the admin: /_matrix/client/v1/auth_metadata answers neither yes nor no; check the reverse proxy.
advice-faulty = For the admin: { $question }: { $problem }
