# Bildschirme, Vorgänge und Angebote.

cancelled = Abgebrochen.
screen-welcome = Welcher Server?
screen-paused = { $task ->
    [register] Die Registrierung auf { $server } fortsetzen?
    [keep_session] Die neue Sitzung auf { $server } fertig speichern?
    [sign_out] Die Sitzung auf { $server } fertig beenden?
   *[other] Die Anmeldung bei { $server } fortsetzen?
}
screen-paused-of = { $task ->
    [register] Die Registrierung von { $user } auf { $server } fortsetzen?
    [keep_session] Die neue Sitzung von { $user } auf { $server } fertig speichern?
    [sign_out] Die Sitzung von { $user } auf { $server } fertig beenden?
    [confirm_account] Ein anderes Gerät hat dieses als { $user } angemeldet, und noch hat niemand gesagt, ob das Ihr Konto ist. Jetzt beantworten? „Nein“ meldet ab.
    [adopt_secrets] Die Verifizierung dieses Geräts von { $user } fortsetzen?
    [await_device] Die Anmeldung eines weiteren Geräts von { $user } fortsetzen?
   *[other] Die Anmeldung bei { $server } als { $user } fortsetzen?
}
screen-busy = Einen Moment…
screen-limited = { $server } begrenzt die Zahl der Anfragen. Nächster Versuch in { $seconds } s…
screen-problem = Etwas ist schiefgegangen.
screen-choose = Wie möchten Sie sich bei { $server } anmelden?
screen-register-form = Neues Konto auf { $server }
screen-terms = { $server } verlangt, dass Sie seine Bedingungen annehmen.
screen-registration-token = { $server } verlangt ein Registrierungstoken. Die Administration gibt es aus.
screen-address = { $server } verlangt eine Angabe von Ihnen: { $medium }.
screen-confirmation = Eine Bestätigung wurde an { $address } gesendet.
screen-in-browser = Weiter im Browser:
screen-user-code = Öffnen Sie diese Seite auf einem beliebigen Gerät und geben Sie den Code ein:
screen-user-code-picture = Scannen Sie den QR-Code mit einem Telefon, oder öffnen Sie diese Seite auf einem beliebigen Gerät, und geben Sie den Code ein:
user-code = Code: { $code }
user-code-grouped = Code: { $code } (gelesen als { $grouped })
screen-awaiting-approval = Ihr Konto { $username } auf { $server } wurde angelegt. Jemand von der Administration muss es freigeben, bevor Sie sich anmelden können.
screen-signed-in = Angemeldet als { $user }.
screen-session-ended = Die Sitzung von { $user } ist beendet.
    .cause = Der Server hat dieses Gerät abgemeldet, oder die Sitzung ist abgelaufen.
    .do = Melden Sie sich auf demselben Gerät wieder an, oder melden Sie sich ab, um die Sitzung hier zu entfernen.
screen-signed-out = { $user } abgemeldet.
step = Schritt { $step } von { $of }: { $what }
policy = { $name } ({ $version }): { $url }
policy-without-version = { $name }: { $url }
sent-times = { $sent ->
    [one] Einmal gesendet.
   *[other] { $sent }-mal gesendet.
}
task-find-server = { $server } wird gesucht
task-ask-server = Es wird geprüft, was { $server } unterstützt
task-register = Registrierung auf { $server }
task-check-token = Das Registrierungstoken wird geprüft
task-send-confirmation = Die Bestätigung wird angefordert
task-check-confirmation = Der Code wird geprüft
task-find-page = Die Seite wird gesucht, die zu öffnen ist
task-await-callback = Der Browser wird vorbereitet
task-register-client = Dieser Client wird bei { $server } registriert
task-get-user-code = Ein Code für ein anderes Gerät wird angefordert
task-list-devices = Die Geräte werden aufgelistet
task-check-storage = Es wird geprüft, ob sich eine Sitzung speichern lässt
task-sign-in = Anmeldung bei { $server }
task-keep-session = Die Sitzung wird gespeichert
task-check-session = Die Sitzung wird geprüft
task-refresh = Das Zugriffstoken wird erneuert
task-sign-out = Abmeldung
task-erase-session = Die Sitzung wird entfernt
task-forget-session = Die Sitzung wird von diesem Computer entfernt
stage-dummy = nichts
stage-terms = die Annahme der Bedingungen
stage-registration-token = ein Registrierungstoken
stage-email = eine bestätigte E-Mail-Adresse
stage-phone = eine bestätigte Telefonnummer
stage-recaptcha = ein Captcha im Browser
stage-other = eine Seite im Browser
medium-email = E-Mail-Adresse
medium-phone = Telefonnummer
offer-use-server = Einen anderen Server verwenden
offer-create-account = Ein Konto anlegen
offer-check-username = Den Benutzernamen prüfen
offer-register = Registrieren
offer-accept-terms = Die Bedingungen annehmen
offer-use-token = Ein anderes Token verwenden
offer-use-email = Eine andere E-Mail-Adresse verwenden
offer-use-phone = Eine andere Telefonnummer verwenden
offer-resend = Noch einmal senden
offer-enter-code = Den Code eingeben
offer-open-browser = Den Browser noch einmal öffnen
offer-check-now = Jetzt prüfen
offer-sign-in-with-password = Mit Passwort anmelden
offer-sign-in-with-sso = Mit dem Browser anmelden
offer-sign-in-with-browser = Mit dem Browser anmelden
offer-sign-in-with-device-code = Einen Code auf einem anderen Gerät eingeben
offer-list-devices = Geräte auflisten
offer-manage-account = Das Konto im Browser verwalten
offer-sign-in-with-token = Mit einem Anmeldetoken anmelden
offer-sign-in-with-access-token = Mit einem Zugriffstoken anmelden
offer-retry = Erneut versuchen
offer-continue = Fortsetzen
offer-cancel = Zurück
offer-check-session = Die Sitzung prüfen
offer-refresh = Das Zugriffstoken erneuern
offer-sign-out = Abmelden
offer-forget = Lokal entfernen
offer-sign-in-again = Wieder anmelden
username-rule = Verwenden Sie a bis z, 0 bis 9 und . _ = - / +
username-checking = Wird geprüft…
username-free = Verfügbar
username-suggestion = Versuchen Sie { $suggestion }.
device = Gerät: { $device }
homeserver = Homeserver: { $url }
stored-keyring = In { $place } gespeichert, mit einem Schlüssel im Schlüsselbund des Systems verschlüsselt.
stored-passphrase-file = In { $place } gespeichert, mit Ihrer Passphrase verschlüsselt.
stored-key-file = In { $place } gespeichert, mit einem daneben liegenden Schlüssel verschlüsselt: Wer Ihre Dateien lesen kann, kann die Sitzung verwenden.
stored-memory = Nicht gespeichert: Die Sitzung endet mit diesem Programm.
server-not-told = Lokal entfernt; der Server führt dieses Gerät vielleicht noch auf.
already-over = Die Sitzung war schon beendet. Lokal entfernt.
not-saved = Der Fortschritt ist nicht gespeichert und ginge mit diesem Programm verloren:
password-strength = { $score ->
    [0] Sehr schwach
    [1] Schwach
    [2] Mittel
    [3] Gut
   *[4] Stark
}
warning-keyboard-row = gerade Tastenreihen sind leicht zu erraten
warning-keyboard-pattern = kurze Muster auf der Tastatur sind leicht zu erraten
warning-repeated-character = Wiederholungen wie „aaa“ sind leicht zu erraten
warning-repeated-part = Wiederholungen wie „abcabc“ sind kaum besser als „abc“
warning-top10 = eines der zehn häufigsten Passwörter
warning-top100 = eines der hundert häufigsten Passwörter
warning-common = wird von vielen verwendet
warning-nearly-common = ähnelt einem, das viele verwenden
warning-sequence = Folgen wie „abc“ oder „6543“ sind leicht zu erraten
warning-recent-year = Jahreszahlen der letzten Zeit sind leicht zu erraten
warning-single-word = ein einzelnes Wort ist leicht zu erraten
warning-date = Datumsangaben sind oft leicht zu erraten
warning-single-name = ein einzelner Name ist leicht zu erraten
warning-common-name = häufige Namen sind leicht zu erraten
suggestion-use-a-few-words = verwenden Sie einige Wörter, die nicht zusammengehören
suggestion-no-need-for-symbols = es braucht keine Sonderzeichen, Ziffern oder Großbuchstaben
suggestion-add-another-word = fügen Sie ein oder zwei Wörter hinzu
suggestion-capitals-help-little = ein Großbuchstabe hilft wenig
suggestion-all-capitals-help-little = nur Großbuchstaben helfen wenig
suggestion-reversed-words-help-little = ein umgedrehtes Wort hilft wenig
suggestion-substitutions-help-little = „@“ statt „a“ hilft wenig
suggestion-longer-keyboard-pattern = verwenden Sie ein längeres Muster mit mehr Wendungen
suggestion-avoid-repeats = vermeiden Sie Wiederholungen
suggestion-avoid-sequences = vermeiden Sie Folgen
suggestion-avoid-recent-years = vermeiden Sie Jahreszahlen der letzten Zeit
suggestion-avoid-own-years = vermeiden Sie Jahreszahlen, die mit Ihnen zu tun haben
suggestion-avoid-own-dates = vermeiden Sie Datumsangaben, die mit Ihnen zu tun haben
