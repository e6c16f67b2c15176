# Was nur die Befehlszeile sagt.

do-screen-session-ended = „narthex login --again{ $to }“ meldet auf demselben Gerät wieder an, „narthex logout{ $to }“ entfernt die Sitzung.
do-storage-locked = Entsperren Sie den Schlüsselbund und versuchen Sie es erneut.
do-storage-passphrase-missing = Geben Sie die Passphrase mit --passphrase-file oder NARTHEX_PASSPHRASE an.
do-storage-wrong-passphrase = Prüfen Sie --passphrase-file oder NARTHEX_PASSPHRASE.
do-storage-full = Schaffen Sie Platz, oder wählen Sie mit --data-dir einen anderen Ort.
do-storage-denied = Ändern Sie die Berechtigungen, oder wählen Sie mit --data-dir einen anderen Ort.
do-lost-proxy-unreachable = Prüfen Sie den Proxy { $proxy } (HTTPS_PROXY, ALL_PROXY), oder nehmen Sie den Server mit NO_PROXY aus.
do-lost-proxy-refused = Prüfen Sie den Proxy { $proxy } (HTTPS_PROXY, ALL_PROXY) und sein Passwort, oder nehmen Sie den Server mit NO_PROXY aus.
do-storage-other = Versuchen Sie es erneut, oder wählen Sie mit --data-dir einen anderen Ort.
do-missing-password-sign-in = Verwenden Sie eine andere Anmeldeart, etwa --browser, --device oder --sso. „narthex doctor“ zeigt, welche es gibt.
do-missing-legacy-sign-in = Verwenden Sie eine andere Anmeldeart, etwa --browser, --device oder --sso. „narthex doctor“ zeigt, welche es gibt.
do-missing-token-sign-in = Verwenden Sie eine andere Anmeldeart, etwa --browser, --device oder --sso. „narthex doctor“ zeigt, welche es gibt.
do-missing-authorization-code = Verwenden Sie --username mit --password-stdin, oder fragen Sie die Administration des Servers.
do-missing-device-grant = Verwenden Sie eine andere Anmeldeart, etwa --browser oder --username mit --password-stdin. „narthex doctor“ zeigt, welche es gibt.
do-missing-revocation = „narthex logout{ $to }“ beendet diese Sitzung, „narthex manage --action devices-list{ $to }“ führt zu den anderen.
do-missing-endpoint = „narthex logout --forget{ $to }“ entfernt die Sitzung lokal. Die Administration des Servers kann sie dort beenden.
do-refusal-signed-out-elsewhere = Wenn Sie das waren, ist alles in Ordnung. „narthex login{ $in }“ meldet wieder an.
do-missing-cross-signing-keys = Rufen Sie „narthex encryption verify{ $to }“ oder „narthex encryption recover{ $to }“ auf; oder „narthex encryption set-up{ $to }“, wenn das Konto noch keine Identität hat. Versuchen Sie es dann noch einmal.
do-missing-oauth-session = „narthex login SERVER --browser{ $in }“ meldet neu an; danach geht es. Oder melden Sie sich auf dem neuen Gerät an wie hier, und verifizieren Sie es: „narthex encryption verify“ auf beiden.
do-bug-reply-of-another-kind = Bitte melden Sie das, mit einer Datei von --report.
question-server = Es fehlt: der Server. Nennen Sie ihn nach dem Befehl.
question-account = Es fehlt: welches Konto. Nennen Sie es: „narthex switch KONTO{ $in }“.
question-continue = Eine Anmeldung ist nicht abgeschlossen. Nennen Sie ihren Server, um sie fortzusetzen.
question-whose = Mehrere Registrierungen sind nicht abgeschlossen, und niemand ist genannt. Verwenden Sie --username, oder „narthex logout --unfinished{ $in }“, um alle aufzugeben.
ways-there-are = Der Server hat: { $flags }
question-server-before-sso = Es fehlt: der Server. Was auf --sso folgt, ist der Identitätsanbieter. Nennen Sie zuerst den Server: „narthex login SERVER --sso{ $in }“.
question-way-in = Es fehlt: die Anmeldeart. Dieser Server bietet: { $flags }
question-username = Es fehlt: der Benutzername. Verwenden Sie --username.
question-password = Es fehlt: das Passwort. Verwenden Sie --password-stdin und übergeben Sie es auf der Standardeingabe.
question-terms = Der Server verlangt, dass Sie seine Bedingungen annehmen. Lesen Sie sie und verwenden Sie dann --accept-terms.
question-registration-token = Der Server verlangt ein Registrierungstoken. Verwenden Sie --registration-token.
question-email = Der Server verlangt eine E-Mail-Adresse. Verwenden Sie --email.
question-phone = Der Server verlangt eine Telefonnummer. Verwenden Sie ein Terminal oder --json.
question-code = Der Server hat einen Code gesendet. Geben Sie ihn in einem Terminal oder mit --json ein.
question-callback = Die Callback-Adresse fehlt. Führen Sie denselben Befehl noch einmal aus, mit der Adresse auf der Standardeingabe; die Anmeldung wartet noch darauf.
question-provider = Es fehlt: der Identitätsanbieter. Verwenden Sie --sso=ID mit einem von diesen:
question-provider-wrong = Der Server hat keinen Identitätsanbieter „{ $wrong }“. Verwenden Sie --sso=ID mit einem von diesen:
provider = { $id }: { $name }
question-other-callback = Die Adresse auf der Standardeingabe gehört nicht zu dieser Anmeldung. Kopieren Sie die ganze Adresse der Seite, auf der der Browser endete, und führen Sie denselben Befehl noch einmal damit aus; die Anmeldung wartet noch.
prompt-server = Server
prompt-username = Benutzername
prompt-password = Passwort
prompt-password-again = Passwort wiederholen
prompt-identifier = Benutzer-ID, E-Mail oder Telefon
prompt-token = Registrierungstoken
prompt-login-token = Anmeldetoken
prompt-email = E-Mail-Adresse
prompt-other-email = Oder eine andere Adresse
prompt-country = Land (zwei Buchstaben, etwa DE)
prompt-number = Telefonnummer
prompt-code = Code
prompt-choice = Ihre Wahl
prompt-retype = Die Passwörter stimmen nicht überein. Versuchen Sie es noch einmal.
prompt-paste = Oder die Callback-Adresse einfügen
prompt-paste-only = Callback-Adresse einfügen
prompt-open = Enter öffnet { $host } im Browser
prompt-password-of = Passwort von { $user }
prompt-waiting = Warten
choices-yes = [J/n]
choices-no = [j/N]
choices-yes-or-no = [j/n]
words-yes = j ja
words-no = n nein
hint-server = Servername, Benutzer-ID, URL oder matrix.to-Link
hint-choice = Auf und ab, oder eine Nummer oder ein Wort. Enter: wählen. Esc: zurück.
hint-number = Eine Nummer von 1 bis { $count }, oder ein Wort. Enter: die erste.
hint-none-of-them = Das ist nichts davon. Nehmen Sie die Pfeiltasten oder eine Nummer von 1 bis { $count }.
hint-yes-or-no = Geben Sie j oder n ein.
hint-empty = Es wurde noch nichts eingegeben. Esc: zurück.
hint-suggestion = Enter übernimmt { $suggestion }, oder geben Sie einen anderen Namen ein.
hint-waiting = Warten darauf, dass Sie den Link in der Nachricht öffnen. Enter: jetzt prüfen. r: noch einmal senden. q: zurück.
waiting-for-scan = Warten, bis das andere Gerät ihn scannt (noch { $left }). Esc: zurück.
waiting-for-device = Warten auf das andere Gerät (noch { $left }). Esc: zurück.
hint-check-code = Ein falscher Code beendet es auf beiden Geräten. Noch { $left }. Esc: zurück.
no-check-code = Das kann nicht der Code sein: Er hat zwei Ziffern. Es wurde nichts versucht.
hint-code = Geben Sie den Code aus der Nachricht ein. r: noch einmal senden. q: zurück.
hint-open = Enter: die Seite öffnen. q: zurück. Noch { $minutes } min.
hint-open-or-paste = Enter: die Seite öffnen. Oder öffnen Sie sie anderswo und fügen Sie die Adresse ein, auf der sie endet. q: zurück. Noch { $minutes } min.
hint-paste = Öffnen Sie die Adresse oben in einem beliebigen Browser und fügen Sie hier die Adresse ein, bei der er endet (noch { $minutes } min). { $opens ->
    [no] {""}
   *[yes] o: hier öffnen.{" "}
}q: zurück.
hint-page = Warten auf den Browser (noch { $minutes } min). Enter: jetzt prüfen. { $opens ->
    [no] {""}
   *[yes] o: noch einmal öffnen.{" "}
}q: zurück.
hint-browser = Warten auf den Browser (noch { $minutes } min). { $opens ->
    [no] {""}
   *[yes] o: noch einmal öffnen.{" "}
}q: zurück.
hint-browser-or-code = Warten auf den Browser (noch { $minutes } min). { $opens ->
    [no] {""}
   *[yes] o: noch einmal öffnen.{" "}
}c: Code auf anderem Gerät. q: zurück.
hint-user-code = Warten auf Zustimmung (noch { $minutes } min). Enter: prüfen. c: kopieren. { $opens ->
    [no] {""}
   *[yes] o: öffnen.{" "}
}q: zurück.
hint-user-code-from-device = Warten, bis die Anmeldung erlaubt wird, innerhalb von { $minutes } min: Danach bekommt dieses Gerät keine Schlüssel. Enter: prüfen. c: kopieren. q: zurück.
hint-user-code-without-keys = Warten, bis die Anmeldung erlaubt wird (der Code läuft in { $minutes } min ab). Enter: prüfen. c: kopieren. q: zurück.
hint-browser-for-device = Es wird auf das neue Gerät gewartet. Erlauben Sie es innerhalb von { $minutes } min: Danach kann es sich noch anmelden, bekommt aber keine Schlüssel. { $opens ->
    [no] {""}
   *[yes] o: noch einmal öffnen.{" "}
}q: zurück.
hint-no-password-shown = Ihre Eingabe ist verborgen.
browser-opens = { $host } wird im Browser geöffnet. Wenn keine Seite erscheint, öffnen Sie die Adresse oben.
browser-absent = Hier ließ sich kein Browser starten. Öffnen Sie die Adresse oben auf diesem oder einem anderen Gerät.
browser-forbidden = Nicht geöffnet, wegen --no-browser. Öffnen Sie die Adresse oben selbst.
code-copied = Das Terminal wurde gebeten, den Code zu kopieren. Manche Terminals tun das nicht.
code-not-copied = Dieses Terminal kann nicht kopieren.
checking-now = Der Server wird jetzt gefragt. Es geht von selbst weiter, sobald der Schritt erledigt ist.
checking-already = Der Server wird schon gefragt. Es geht von selbst weiter, sobald der Schritt erledigt ist.
comes-by-itself = Der Browser kommt von selbst zurück. Wenn er das nicht kann, fügen Sie die Adresse der Seite ein, auf der er endete.
typed-no-address = Das ist weder eine Adresse noch eine der Tasten unten.
typed-unknown = Das ist keine der Tasten unten.
callback-not-ours = Diese Adresse gehört nicht zu dieser Anmeldung. Kopieren Sie die ganze Adresse der Seite, auf der der Browser endete.
elapsed = ({ $seconds } s)
opening-store = Die gespeicherten Sitzungen werden geöffnet…
ask-accept = Die Bedingungen annehmen?
choice-provider = Mit { $name } anmelden
cancelled-nothing = Abgebrochen. Es wurde kein Konto angelegt und niemand angemeldet.
cancelled-resume = Abgebrochen. Der bisherige Stand ist gespeichert: Derselbe Befehl macht dort weiter.
cancelled-in-browser = Die Anmeldung wurde im Browser abgebrochen. Führen Sie den Befehl noch einmal aus, um von vorn zu beginnen.
flags-not-used = Hierfür nicht verwendet: { $flags }. Die Seite im Browser fragt nach dem, was der Server braucht.
flags-not-used-by-token = Hierfür nicht verwendet: { $flags }.
token-for-the-page = Wenn die Seite nach einem Registrierungstoken fragt, geben Sie dieses ein: { $token }
next-steps = Weiter: „narthex whoami{ $to }“ prüft die Sitzung, „narthex token{ $to }“ gibt ein Zugriffstoken für andere Programme aus, „narthex logout{ $to }“ meldet ab.
still-signed-in = Die Sitzung ist noch gespeichert, damit Sie sich später abmelden können. „narthex logout --forget{ $to }“ entfernt sie lokal.
still-signed-in-everywhere = Diese Sitzung ist noch gespeichert. Welche Sitzungen beendet sind, ist nicht bekannt: Führen Sie „narthex logout --everywhere{ $to }“ später noch einmal aus.
not-told = Nichts wurde beendet: Der Server wurde nicht benachrichtigt, weil sich die Sitzung nicht von diesem Computer entfernen ließ.
no-accounts = Kein Konto ist angemeldet. Führen Sie „narthex login{ $in }“ aus.
no-such-account = { $account } ist hier nicht angemeldet.
several-accounts = Mehrere Konten sind angemeldet, und jedes von diesen könnte gemeint sein. Nennen Sie eines mit --account, oder machen Sie es mit „narthex switch KONTO{ $in }“ zum Standard:
resuming = { $task ->
    [register] Die Registrierung auf { $server } wird fortgesetzt.
    [keep_session] Die Sitzung, die { $server } gewährt hat, wird gespeichert.
    [sign_out] Die unbenutzte Sitzung auf { $server } wird beendet.
   *[other] Die Anmeldung bei { $server } wird fortgesetzt.
}
resuming-of = { $task ->
    [register] Die Registrierung von { $user } auf { $server } wird fortgesetzt.
    [keep_session] Die Sitzung von { $user }, die { $server } gewährt hat, wird gespeichert.
    [sign_out] Die unbenutzte Sitzung von { $user } auf { $server } wird beendet.
    [confirm_account] Ein anderes Gerät hat dieses als { $user } angemeldet. Das ist noch zu bestätigen.
    [adopt_secrets] Die Verifizierung dieses Geräts von { $user } wird fortgesetzt.
    [await_device] Die Anmeldung eines weiteren Geräts von { $user } wird fortgesetzt.
   *[other] Die Anmeldung bei { $server } als { $user } wird fortgesetzt.
}
left-unfinished = { $task ->
    [register] Eine nicht abgeschlossene Registrierung auf { $server } bleibt erhalten.
    [keep_session] Eine Sitzung, die { $server } gewährt hat, ist noch nicht gespeichert.
    [sign_out] Eine Sitzung, die niemand verwendet, ist auf { $server } noch nicht beendet.
   *[other] Eine nicht abgeschlossene Anmeldung bei { $server } bleibt erhalten.
}
left-unfinished-of = { $task ->
    [register] Eine nicht abgeschlossene Registrierung von { $user } auf { $server } bleibt erhalten.
    [keep_session] Eine Sitzung von { $user }, die { $server } gewährt hat, ist noch nicht gespeichert.
    [sign_out] Eine Sitzung von { $user }, die niemand verwendet, ist auf { $server } noch nicht beendet.
    [confirm_account] Noch hat niemand gesagt, ob { $user }, als wer ein anderes Gerät dieses angemeldet hat, Ihr Konto ist.
    [adopt_secrets] Die Verifizierung dieses Geräts von { $user } ist unvollendet.
    [await_device] Die Anmeldung eines weiteren Geräts von { $user } ist unvollendet.
   *[other] Eine nicht abgeschlossene Anmeldung bei { $server } als { $user } bleibt erhalten.
}
which-account = Welches Konto?
default-which = Für welches Konto sollen Befehle ohne --account gelten?
logout-which = Welche Sitzung abmelden?
default-mark = (Standard)
ended-mark = (vom Server beendet)
verified-mark = (verifiziert)
unverified-mark = (nicht verifiziert)
known-verified = Dieses Gerät war verifiziert, als das zuletzt geprüft wurde.
known-unverified = Dieses Gerät war nicht verifiziert, als das zuletzt geprüft wurde. „narthex encryption status{ $to }“ prüft es wieder.
unconfirmed-mark = (nicht bestätigt)
unconfirmed = Ein anderes Gerät hat dieses als { $user } angemeldet, und noch hat niemand gesagt, ob das Ihr Konto ist. „{ $again }{ $in }“ fragt danach, „narthex logout{ $to }“ meldet ab.
switched = Befehle ohne --account gelten ab jetzt für { $account }.
default-stays = Befehle ohne --account gelten weiterhin für das Standardkonto { $default }. „narthex switch { $account }{ $in }“ ändert das.
replaced = Die ältere Sitzung { $account } wurde abgemeldet; die neue ersetzt sie.
not-replaced = Die ältere Sitzung { $account } ließ sich nicht abmelden. Sie ist noch gespeichert; die nächste Anmeldung dieses Benutzers versucht es wieder, ebenso „narthex logout{ $to }“.
saved-meanwhile = Ein anderer Prozess hat inzwischen { $account } gespeichert, eine weitere Sitzung desselben Benutzers. Beide bleiben angemeldet.
signed-out-over = { $user } abgemeldet. Der Server hatte die Sitzung schon beendet.
signed-out-here = Die Sitzung von { $user } wurde hier entfernt. Der Server wurde nicht benachrichtigt und führt dieses Gerät vielleicht noch auf.
over-not-removed = Die Sitzung ist beim Server beendet, ließ sich aber nicht von diesem Computer entfernen.
not-removed = Die Sitzung ließ sich nicht von diesem Computer entfernen, und der Server führt dieses Gerät vielleicht noch auf.
nothing-unfinished = Alle Anmeldungen sind abgeschlossen.
signed-out = { $user } auf dem Gerät { $device } abgemeldet.
given-up = { $task ->
    [register] Die Registrierung auf { $server } wurde aufgegeben.
    [keep_session] Die Sitzung, die { $server } gewährt hatte, wurde beendet.
    [sign_out] Die unbenutzte Sitzung auf { $server } wurde beendet.
   *[other] Die Anmeldung bei { $server } wurde aufgegeben.
}
given-up-of = { $task ->
    [register] Die Registrierung von { $user } auf { $server } wurde aufgegeben.
    [keep_session] Die Sitzung von { $user }, die { $server } gewährt hatte, wurde beendet.
    [sign_out] Die unbenutzte Sitzung von { $user } auf { $server } wurde beendet.
    [confirm_account] { $user } wurde abgemeldet: Niemand hatte bestätigt, dass es das richtige Konto ist.
    [adopt_secrets] Die Verifizierung dieses Geräts von { $user } wurde aufgegeben. Es bleibt angemeldet.
    [await_device] Die Anmeldung eines weiteren Geräts von { $user } wurde aufgegeben.
   *[other] Die Anmeldung bei { $server } als { $user } wurde aufgegeben.
}
still-unfinished = Sie ist noch nicht abgeschlossen, damit Sie es mit „narthex logout --unfinished{ $in }“ noch einmal versuchen können.
status-profile = Profil { $name }:
status-nobody = Kein Konto ist angemeldet.
status-session = { $user }, Gerät { $device }, auf { $server }
status-lost = Von dieser Sitzung ist nichts mehr gespeichert. Melden Sie sich wieder an, oder führen Sie „narthex logout{ $to }“ aus.
status-ended = Der Server hat diese Sitzung beendet. Führen Sie „narthex login --again{ $to }“ oder „narthex logout{ $to }“ aus.
status-expires = Das Zugriffstoken läuft in { $minutes } min ab.
status-expired = Das Zugriffstoken ist abgelaufen.
status-unknown-life = Der Server hat nicht gesagt, wann das Zugriffstoken abläuft.
status-renews = Es lässt sich erneuern.
status-renews-not = Es lässt sich nicht erneuern.
status-runs = Eine Anmeldung, die gerade in einem anderen Prozess läuft.
status-since = Begonnen am { $date }.
status-unfinished-unknown = Es ließ sich nicht feststellen, ob noch Anmeldungen offen sind.
status-drop = „narthex logout --unfinished{ $in }“ gibt auf, was nicht abgeschlossen ist.
left-resume = „{ $command }{ $in }“ setzt sie fort.
asked-password = Das Passwort
asked-login-token = Das Anmeldetoken
asked-access-token = Das Zugriffstoken
asked-passphrase = Die Passphrase
asked-address = Die Callback-Adresse
bad-line-no-input = { $what } fehlt: Die Standardeingabe ist leer. Übergeben Sie die Angabe mit einer Pipe.
bad-line-empty = { $what } ist leer. Die Angabe gehört in die erste Zeile.
bad-line-too-long = { $what } ist zu lang. Die Angabe gehört allein in die erste Zeile.
bad-line-utf-16 = { $what } ist in UTF-16 kodiert. Speichern Sie die Datei als UTF-8.
bad-line-not-utf-8 = { $what } ist kein gültiges UTF-8. Speichern Sie die Datei als UTF-8.
bad-line-nul = { $what } enthält ein NUL-Byte. Speichern Sie die Datei als einfachen Text in UTF-8.
bad-line-whitespace = { $what } enthält Leerzeichen, oder es folgt eine weitere Zeile. Die Angabe gehört allein in die erste Zeile.
bad-line-foreign = { $what } enthält ein Zeichen, das in keinem Token vorkommt. Kopieren Sie es noch einmal; es gehört allein in die erste Zeile.
bad-variable = { $why ->
    [empty] Die Umgebungsvariable { $variable } ist leer. Setzen Sie sie, oder entfernen Sie sie.
    [too-long] Die Umgebungsvariable { $variable } ist zu lang.
    [whitespace] Die Umgebungsvariable { $variable } enthält Leerzeichen oder mehr als eine Zeile. Setzen Sie sie auf das Token allein.
    [foreign] Die Umgebungsvariable { $variable } enthält ein Zeichen, das in keinem Token vorkommt. Kopieren Sie das Token noch einmal.
   *[other] Die Umgebungsvariable { $variable } ist kein gültiges UTF-8.
}
no-data-dir = Dieses System sagt nicht, wo Programme ihre Daten speichern (HOME ist nicht gesetzt). Wählen Sie mit --data-dir ein Verzeichnis.
no-homeserver = NARTHEX_TOKEN ist gesetzt, NARTHEX_HOMESERVER aber nicht. Setzen Sie es auf den Server des Tokens.
token-put-off = Das Zugriffstoken konnte nicht erneuert werden: { $why } Es gilt noch { $seconds } s.
token-busy = Ein anderes Programm erneuert diese Sitzung. Bis dahin gilt dieses Zugriffstoken noch { $seconds } s.
not-renewable = Der Server hat für diese Sitzung kein Refresh-Token ausgestellt; ihr Zugriffstoken lässt sich deshalb nicht erneuern. Ohne --refresh prüft „narthex token{ $to }“ das Token und gibt es aus.
not-run = { $program } lässt sich nicht ausführen: { $error }
bad-output = Auf die Standardausgabe lässt sich nicht schreiben: { $error }
timed-out = Nach { $seconds } { $seconds ->
    [one] Sekunde
   *[other] Sekunden
} abgebrochen, wie --timeout es verlangt{ $what ->
    [browser] , beim Warten auf den Browser.
    [code] , beim Warten auf die Eingabe des Codes auf einem anderen Gerät.
    [confirmation] , beim Warten auf die Bestätigung.
    [device] , beim Warten auf das andere Gerät.
    [approval] , beim Warten auf die Administration des Servers.
    [server] , beim Warten auf die Antwort des Servers.
    [limit] , beim Warten darauf, dass der Server einen weiteren Versuch erlaubt.
    [answer] , beim Warten auf Ihre Antwort.
   *[other] .
}
from-environment = Aus der Umgebung (NARTHEX_TOKEN): Narthex speichert diese Sitzung nicht.
still-valid = Die Sitzung von { $user } ist noch gültig; es wurde nichts getan.
not-used = { $what } wurde nicht verwendet.
timed-out-settled = Die Zeit von --timeout ({ $seconds } s) ist um. Narthex hat länger gewartet, weil mit der Antwort des Servers die Sitzung verloren gehen konnte.
timed-out-resume = Der bisherige Stand ist gespeichert: Derselbe Befehl macht dort weiter.
panicked = Narthex hat einen Programmfehler, bei { $place }. Bitte melden Sie das. Was vorher gespeichert wurde, ist noch da.
report-written = Der Bericht ist geschrieben. Er nennt Server und Benutzer und enthält keine Passwörter oder Token.
offer-report = Um dieses Problem zu melden, führen Sie den Befehl noch einmal mit --report DATEI aus und fügen Sie die Datei bei.
no-trace = Es wurde kein Trace geschrieben: Dieser Befehl hat keinen Server kontaktiert.
waiting-for-passphrase = Warte auf eine Zeile in der Pipe { $path } …
bad-file = { $path } ist nicht verwendbar: { $error }
no-code-in = { $why ->
    [empty] { $path } ist leer.
    [not_a_picture] { $path } ist weder ein Bild (PNG oder JPEG) noch Base64, oder es ist beschädigt.
    [too_large] { $path } hat mehr als 20 MiB oder 20 Megapixel.
    [unreadable] Der QR-Code in { $path } ist nicht lesbar: Er ist unscharf oder teilweise verdeckt.
    [several] { $path } enthält mehrere QR-Codes, die Verschiedenes sagen. Schneiden Sie den gemeinten aus.
    [too_busy] { $path } enthält zu viel, das wie ein QR-Code aussieht. Schneiden Sie den Code aus.
   *[no_code] In { $path } wurde kein QR-Code gefunden.
}
standard-input = Die Standardeingabe
bad-system = Auf diesem System fehlt: { $what }
replay-unreadable = Der Trace ist nicht lesbar: { $error }
replay-malformed = Das ist kein Trace: siehe Zeile { $line }.
replay-version = Der Trace hat die Version { $version }, die diese Narthex-Version nicht abspielen kann.
fault-not-found = Datei oder Verzeichnis nicht gefunden
fault-denied = keine Berechtigung
fault-exists = gibt es schon
fault-is-a-directory = ist ein Verzeichnis
fault-not-a-directory = ein Teil des Pfads ist kein Verzeichnis
fault-full = kein Platz mehr
fault-read-only = lässt sich nicht beschreiben
fault-not-utf-8 = ist kein Text in UTF-8
fault-closed = sie ist geschlossen, oder das aufrufende Programm verwirft sie
replayed = Der Trace lässt sich wiederholen: { $inputs } Eingaben, { $views } Ansichten, alle gleich.
settling = Es wird noch auf eine Antwort des Servers gewartet, von der die Sitzung abhängt. Strg-C beendet sofort.
replayed-cut = Der Trace endet, wo seine Größengrenze erreicht war.
replayed-hidden = Was danach geschah, steht nicht im Trace: Es blieb zwischen zwei Geräten.
replay-differs = Nach Eingabe { $input } weicht die Wiederholung von der Aufzeichnung ab.
device-seen = zuletzt gesehen { $date }
device-this = dieses Gerät
action-not-announced = Der Server kündigt diese Aktion nicht an. Der Link führt zur Kontoseite.
no-account-page = Der Server kündigt keine Kontoseite an.
not-an-address = Das ist keine Callback-Adresse.
nobody-waits = Keine Anmeldung wartet auf diese Adresse. Vielleicht ist sie schon vorbei. „narthex login{ $in }“ beginnt eine neue.
nobody-answers = Ein laufendes Narthex antwortet nicht. Wenn seine Anmeldung auf diese Adresse wartet, versuchen Sie es gleich noch einmal.
storage-place = Pfad: { $path }
handler-ours = Narthex öffnet { $scheme }:-Adressen.
handler-outdated = Narthex hat { $scheme }:-Adressen von einem anderen Pfad aus geöffnet: { $other }. Führen Sie „narthex handler install“ noch einmal aus.
handler-other = Eine andere Anwendung öffnet { $scheme }:-Adressen: { $other }.
handler-nobody = Keine Anwendung öffnet { $scheme }:-Adressen.
advice-fine = Keine nötig: Man kann sich anmelden. Versuchen Sie „narthex login { $server }{ $in }“.
advice-register = Legen Sie mit „narthex register { $server }{ $in }“ ein Konto an.

## Another device

question-warning = Zwei Geräte werden zusammengebracht, und die Warnung muss beantwortet werden. Verwenden Sie --yes, ein Terminal oder --json.
question-scan = Es fehlt: der QR-Code des anderen Geräts. Verwenden Sie --scan.
question-check-code = Das andere Gerät zeigt zwei Ziffern. Geben Sie sie in einem Terminal oder mit --json ein.
question-confirm = Das andere Gerät nennt einen Server oder ein Konto, das bestätigt werden muss. Verwenden Sie --yes, ein Terminal oder --json.
question-consent = Das neue Gerät muss auf einer Seite erlaubt werden. Verwenden Sie ein Terminal oder --json.
question-emoji = Jemand muss die Emoji zweier Geräte vergleichen. Verwenden Sie ein Terminal oder --json.
asked-code = der QR-Code
ask-go-on = Weiter?
prompt-scanned = Inhalt des Codes in Base64, oder die Datei mit seinem Bild
prompt-check-code = Die zwei Ziffern
code-does-not-fit = Dieses Terminal ist zu klein, um ihn zu zeichnen: Dafür braucht es { $columns } Spalten und { $rows } Zeilen. Vergrößern Sie es und beginnen Sie noch einmal, verwenden Sie --qr-file, oder fügen Sie dies dort ein:
code-in-file = Er ist ein Bild in { $file }, solange er gescannt werden kann.
choice-open-page = Die Seite öffnen
choice-go-on-without = Weiter: Ich öffne die Seite selbst

## Encryption

asked-recovery-key = der Wiederherstellungsschlüssel
ask-recovery-key = Wiederherstellungsschlüssel
ask-verification-request = Haben Sie das gerade dort begonnen?
ask-emoji = Zeigt das andere Gerät dasselbe, in derselben Reihenfolge?
verification-await-request = Beginnen Sie die Verifizierung auf Ihrem anderen Gerät, mit { $device }.
verification-await-other = Dieses Gerät, { $device }, muss nicht verifiziert werden. Beginnen Sie auf dem Gerät, das es muss: Es fragt dieses hier.
verification-await-device = Ihre anderen Geräte werden gebeten, { $device } zu verifizieren. Nehmen Sie auf einem davon an, oder führen Sie dort „narthex encryption verify“ aus.
verification-requested = Ihr Gerät { $device } möchte mit diesem verifiziert werden.
verification-emoji = Vergleichen Sie diese mit dem, was { $device } zeigt:
waits-for-start = Auf das andere Gerät wird gewartet
waits-for-request = Auf eine Anfrage wird gewartet
waits-for-device = Auf eine Antwort wird gewartet
waits-for-answer = Auf die Antwort am anderen Gerät wird gewartet
waits-for-keys = Die Schlüssel des Kontos werden ausgetauscht
hint-escape = Esc: aufhören
recovery-key-is = Bewahren Sie diesen Wiederherstellungsschlüssel sicher auf. Mit ihm erhalten Sie Ihre verschlüsselten Nachrichten zurück, wenn Sie alle Geräte verlieren:
encryption-waits = Warten auf ein anderes Programm, das die Verschlüsselung dieses Geräts geöffnet hat (Prozess { $pid })…
next-verify = Weiter: „narthex encryption verify{ $to }“ verifiziert es mit einem anderen Ihrer Geräte, „narthex encryption recover{ $to }“ mit dem Wiederherstellungsschlüssel.
next-set-up = Weiter: „narthex encryption set-up{ $to }“ gibt ihm eine.
encryption-held = Ein anderes Programm hat die Verschlüsselung dieses Geräts geöffnet (Prozess { $pid }).
    .do = Schließen Sie es, und versuchen Sie es noch einmal.
encryption-other-device = Die hier gespeicherte Verschlüsselung ist die eines anderen Geräts.
    .do = Melden Sie sich ab und wieder an.
encryption-no-secrets = Dieses Gerät hat die Schlüssel des Kontos nicht.
    .do = Verifizieren Sie es mit einem anderen Gerät: „narthex encryption verify{ $to }“; oder mit dem Wiederherstellungsschlüssel: „narthex encryption recover{ $to }“.
encryption-secrets-do-not-match = Die Schlüssel sind nicht die, die das Konto veröffentlicht.
    .do = Nichts wurde geändert. Prüfen Sie, welche Geräte das Konto hat.
encryption-has-identity = Das Konto hat schon eine Identität.
    .do = Verifizieren Sie dieses Gerät mit einem anderen: „narthex encryption verify{ $to }“; oder mit dem Wiederherstellungsschlüssel: „narthex encryption recover{ $to }“.
encryption-has-recovery = Die Verschlüsselung ist eingerichtet, und das Konto hat einen Wiederherstellungsschlüssel, der nur einmal gezeigt wird.
    .do = Wenn Sie ihn nicht haben, machen Sie einen neuen: „narthex encryption set-up --new-recovery-key{ $to }“. Der alte nützt dann nichts mehr.
encryption-has-backup = Das Konto hat schon eine Sicherung der Nachrichtenschlüssel, deren Schlüssel dieses Gerät nicht hat.
    .do = Verifizieren Sie dieses Gerät mit dem, das sie eingerichtet hat: „narthex encryption verify{ $to }“.
encryption-no-identity = Das Konto hat noch keine Identität.
    .do = Richten Sie sie ein: „narthex encryption set-up{ $to }“.
encryption-no-recovery = Das Konto hat keinen Wiederherstellungsschlüssel.
    .do = Verifizieren Sie dieses Gerät mit einem anderen: „narthex encryption verify{ $to }“.
encryption-wrong-recovery-key = Das ist nicht der Wiederherstellungsschlüssel des Kontos.
    .do = Prüfen Sie ihn, und geben Sie ihn noch einmal ein.
encryption-needs-approval = Der Server verlangt, dass Sie das zuerst auf seiner Kontoseite erlauben: { $page }
    .do = Erlauben Sie es dort, und versuchen Sie es noch einmal.
encryption-needs-approval-somewhere = Der Server verlangt, dass Sie das zuerst erlauben, und sagt nicht, auf welcher Seite.
    .do = Erlauben Sie es auf der Kontoseite, und versuchen Sie es noch einmal.
encryption-no-other-device = Das Konto hat kein anderes Gerät, mit dem sich dieses verifizieren lässt.
    .do = Verwenden Sie den Wiederherstellungsschlüssel: „narthex encryption recover{ $to }“.
encryption-mismatch = Die Emoji sind nicht dieselben: Vielleicht hört jemand mit. Keines der Geräte wurde verifiziert.
    .do = Versuchen Sie es noch einmal. Wenn es wieder geschieht, trauen Sie dem Server oder dem anderen Gerät nicht.
encryption-timed-out = Niemand hat rechtzeitig geantwortet, und die Verifizierung ist vorbei.
    .do = Beginnen Sie von vorn, mit beiden Geräten zur Hand.
encryption-answered-elsewhere = Ein anderes Ihrer Geräte hat die Anfrage beantwortet.
    .do = Machen Sie dort weiter.
encryption-crossed = Eine andere Anfrage zur Verifizierung kam dazwischen und hat diese beendet.
    .do = Beginnen Sie von vorn, auf einem der beiden Geräte nach dem anderen.
encryption-cancelled-there = Die Verifizierung wurde auf dem anderen Gerät abgebrochen.
    .do = Beginnen Sie von vorn, wenn Sie möchten.
encryption-cancelled = Die Verifizierung wurde abgebrochen ({ $what }).
    .do = Beginnen Sie von vorn, wenn Sie möchten.
encryption-no-emoji = Das andere Gerät kann keine Emoji vergleichen.
    .do = Verifizieren Sie auf andere Weise.
encryption-token-not-in-force = Das Zugriffstoken gilt nicht mehr.
    .do = Erneuern Sie es: „narthex token --refresh{ $to }“.
encryption-refused = Der Server lehnt ab ({ $status }).
    .do = Versuchen Sie es später noch einmal, oder fragen Sie die Administration des Servers.
encryption-misbehaved = Die Antwort des Servers ist ungültig.
    .do = Zeigen Sie das der Administration des Servers.
encryption-other = Die Verschlüsselung ist gescheitert: { $what }
    .do = Versuchen Sie es noch einmal. Wenn es wieder geschieht, melden Sie es.

emoji =
    .dog = Hund
    .cat = Katze
    .lion = Löwe
    .horse = Pferd
    .unicorn = Einhorn
    .pig = Schwein
    .elephant = Elefant
    .rabbit = Hase
    .panda = Panda
    .rooster = Hahn
    .penguin = Pinguin
    .turtle = Schildkröte
    .fish = Fisch
    .octopus = Oktopus
    .butterfly = Schmetterling
    .flower = Blume
    .tree = Baum
    .cactus = Kaktus
    .mushroom = Pilz
    .globe = Globus
    .moon = Mond
    .cloud = Wolke
    .fire = Feuer
    .banana = Banane
    .apple = Apfel
    .strawberry = Erdbeere
    .corn = Mais
    .pizza = Pizza
    .cake = Kuchen
    .heart = Herz
    .smiley = Smiley
    .robot = Roboter
    .hat = Hut
    .glasses = Brille
    .spanner = Schraubenschlüssel
    .santa = Weihnachtsmann
    .thumbs-up = Daumen hoch
    .umbrella = Regenschirm
    .hourglass = Sanduhr
    .clock = Uhr
    .gift = Geschenk
    .light-bulb = Glühbirne
    .book = Buch
    .pencil = Bleistift
    .paperclip = Büroklammer
    .scissors = Schere
    .lock = Schloss
    .key = Schlüssel
    .hammer = Hammer
    .telephone = Telefon
    .flag = Flagge
    .train = Zug
    .bicycle = Fahrrad
    .aeroplane = Flugzeug
    .rocket = Rakete
    .trophy = Pokal
    .ball = Ball
    .guitar = Gitarre
    .trumpet = Trompete
    .bell = Glocke
    .anchor = Anker
    .headphones = Kopfhörer
    .folder = Ordner
    .pin = Stecknadel
