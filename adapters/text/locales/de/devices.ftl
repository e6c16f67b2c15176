# Two devices, one of which signs the other in.

## Two devices: screens

screen-warning = Scannen Sie nur einen Code, den Ihr eigenes anderes Gerät gerade anzeigt. Wer Ihnen einen Code geschickt hat, könnte Ihr Konto übernehmen oder Sie in seinem anmelden.
screen-warning-link = Das andere Gerät erhält vollen Zugriff auf Ihr Konto: alle Nachrichten und die Schlüssel, die sie entschlüsseln. Machen Sie nur mit einem Gerät weiter, das Sie selbst in der Hand haben.
screen-warning-existing-scan = Das Gerät, dessen Code Sie scannen, erhält vollen Zugriff auf Ihr Konto: alle Nachrichten und die Schlüssel, die sie entschlüsseln. Scannen Sie nur einen Code, den Ihr eigenes neues Gerät gerade anzeigt, und keinen, den man Ihnen geschickt hat.
screen-scanner = Scannen Sie den QR-Code, den das andere Gerät anzeigt.
screen-qr-code = Scannen Sie diesen Code mit dem anderen Gerät:
screen-without-encryption = Dieses Programm hat keine Verschlüsselung: Dieses Gerät wird angemeldet, aber nicht verifiziert.
screen-check-code = Geben Sie diesen Code auf dem anderen Gerät ein, und erlauben Sie dort danach die Anmeldung: { $code }
screen-check-code-existing = Geben Sie diesen Code auf dem neuen Gerät ein: { $code }
screen-enter-check-code = Geben Sie die zwei Ziffern ein, die das andere Gerät anzeigt. Es gibt einen Versuch.
screen-confirm-server = Sie haben { $server } gewählt, und das andere Gerät ist bei { $found }. Bei { $found } anmelden?
screen-consent = Ein neues Gerät, { $device }, möchte sich als { $user } anmelden. Erlauben Sie es auf der Seite bei { $host }.
consent-elsewhere = Diese Seite ist nicht bei dem Server, bei dem Sie sich angemeldet haben: Das neue Gerät nennt sie, und sie sieht vielleicht nur aus wie eine Seite Ihres Servers. Wenn Sie sie nicht kennen, geben Sie dort nichts ein, und brechen Sie ab.
screen-in-browser-for-device = Erlauben Sie das neue Gerät im Browser. Der Code dort muss der sein, den das neue Gerät anzeigt:
screen-user-code-from-device = Das andere Gerät öffnet diese Seite. Prüfen Sie, ob sie diesen Code zeigt, oder geben Sie ihn dort ein, und erlauben Sie die Anmeldung:
user-code-without-keys = Das andere Gerät ist nicht mehr da, oder seine Zeit ist um. Dieses kann noch angemeldet werden, bekommt aber keine Schlüssel: Es muss danach verifiziert werden.
screen-confirm-account = Dieses Gerät ist jetzt als { $user } angemeldet. Ist das Ihr Konto?
screen-linked = Das Gerät { $device } ist als { $user } angemeldet.
linked-verified = Es ist verifiziert.
linked-unverified = Der Server zeigt es noch nicht als verifiziert: Es ist noch nicht fertig, oder es wurde dort wieder abgemeldet.

## Trust

trust-verified = Dieses Gerät ist verifiziert, und die Sicherung Ihrer Nachrichtenschlüssel wird verwendet.
trust-verified-without-backup = Dieses Gerät ist verifiziert. Die Sicherung der Nachrichtenschlüssel wird hier nicht verwendet.
trust-needs-verification = Dieses Gerät ist noch nicht verifiziert.
trust-no-identity = Das Konto hat noch keine Identität, mit der sich dieses Gerät verifizieren ließe.
trust-cannot-verify-no-encryption = Dieses Gerät ist nicht verifiziert: Dieses Programm hat keine Verschlüsselung.
trust-cannot-verify-no-secrets = Dieses Gerät ist nicht verifiziert: Die Schlüssel kamen nicht an.
trust-cannot-verify-secrets-do-not-match = Dieses Gerät ist nicht verifiziert: Die Schlüssel, die kamen, sind nicht die des Kontos. Keiner wurde verwendet.
trust-cannot-verify-server = Dieses Gerät ist nicht verifiziert: Der Server war nicht zu erreichen oder nahm die Schlüssel nicht an.
trust-cannot-verify-storage = Dieses Gerät ist nicht verifiziert: Die Schlüssel konnten hier nicht gespeichert werden.

## Two devices: tasks and offers

task-open-rendezvous = QR-Code wird vorbereitet
task-join-rendezvous = Verbindung mit dem anderen Gerät
task-await-device = Warten auf das andere Gerät
task-tell-device = Das andere Gerät wird benachrichtigt
task-check-device = Prüfen, ob das Konto das neue Gerät hat
task-check-secrets = Schlüssel dieses Geräts werden geprüft
task-confirm-account = Es wird auf Ihre Bestätigung des Kontos gewartet
task-adopt-secrets = Dieses Gerät wird verifiziert
task-share-secrets = Schlüssel werden an das neue Gerät gesendet
task-await-verification = Warten, bis Sie das Konto auf dem neuen Gerät bestätigen
offer-show-code = QR-Code anzeigen
offer-scan-code = QR-Code scannen
offer-understood = Weiter
offer-use-code = Einen Code verwenden
offer-confirm = Ja
offer-cannot-open = Die Seite lässt sich hier nicht öffnen

## Two devices: what can go wrong

refusal-check-code-wrong = Der Code ist nicht der, den das andere Gerät anzeigt.
    .cause = Er wurde falsch eingegeben, oder ein anderes Gerät hat den QR-Code gescannt. Es gibt einen Versuch, damit niemand raten kann.
    .do = Beginnen Sie mit einem neuen QR-Code von vorn.
refusal-cancelled-there = Es wurde auf dem anderen Gerät abgebrochen.
    .cause = Jemand hat es dort abgebrochen, oder das Programm wurde geschlossen.
    .do = Beginnen Sie von vorn, wenn Sie möchten.
refusal-new-device-absent = Ihr Konto zeigt das neue Gerät nicht.
    .cause = Es sagt, dass es angemeldet ist: Es wurde für ein anderes Konto erlaubt, oder der Server hat es nicht rechtzeitig gezeigt. Es hat keine Schlüssel bekommen.
    .do = Prüfen Sie, welches Konto auf der Seite angemeldet war. Melden Sie das neue Gerät ab, und beginnen Sie von vorn.
refusal-other-device = Das andere Gerät hat aufgegeben ({ $reason }).
    .cause = Es nennt diesen Grund und keinen anderen.
    .do = Beginnen Sie von vorn. Wenn es wieder geschieht, aktualisieren Sie das Programm auf dem anderen Gerät.
other-device-exists = Das Konto hat schon ein Gerät mit dieser ID.
    .cause = Das neue Gerät verlangt eine ID, die ein Gerät des Kontos schon hat.
    .do = Beginnen Sie auf dem neuen Gerät von vorn: Es nimmt dann eine andere.
other-device-not-found = Das andere Gerät sieht dieses Gerät nicht im Konto.
    .cause = Der Server hat das neue Gerät dort nicht rechtzeitig gezeigt. Es wurden keine Schlüssel gesendet.
    .do = Sie sind angemeldet. Verifizieren Sie dieses Gerät auf andere Weise.
other-device-unsupported = Das andere Gerät kann so kein Gerät anmelden.
    .cause = Sein Programm oder sein Server unterstützt es nicht.
    .do = Melden Sie sich auf andere Weise an.
other-device-unable-to-open = Das andere Gerät kann die Seite für die Anmeldung nicht öffnen.
    .cause = Sein Nutzer oder sein Programm sagt das.
    .do = Melden Sie sich auf andere Weise an, oder nehmen Sie ein anderes Gerät.
other-device-expired = Auf dem anderen Gerät ist der Code für die Anmeldung abgelaufen.
    .cause = Die Anmeldung wurde nicht rechtzeitig erlaubt.
    .do = Beginnen Sie von vorn.
other-device-unexpected = Das andere Gerät hat dieses nicht verstanden.
    .cause = Es erhielt etwas, das es nicht erwartete, und gab auf.
    .do = Beginnen Sie von vorn. Wenn es wieder geschieht, aktualisieren Sie beide Programme.
wrong-code-verification = Dieser Code verifiziert ein Gerät, das schon angemeldet ist.
    .cause = Es ist eine andere Art von Code, die nicht anmeldet.
    .do = Wählen Sie auf dem anderen Gerät, ein neues Gerät zu verbinden, und scannen Sie den Code, den es dann zeigt.
wrong-code-both-new = Ein neues Gerät zeigt diesen Code, und dieses ist ebenfalls neu.
    .cause = Eines der beiden muss angemeldet sein: Es meldet das andere an.
    .do = Scannen Sie den Code eines Geräts, das angemeldet ist.
wrong-code-both-signed-in = Ein angemeldetes Gerät zeigt diesen Code, und dieses ist ebenfalls angemeldet.
    .cause = Eines der beiden muss neu sein: Das andere meldet es an.
    .do = Scannen Sie den Code eines neuen Geräts, das ihn beim Anmelden zeigt.
wrong-code-newer = Dieser Code ist neuer, als dieses Programm ihn kennt.
    .cause = Das Programm auf dem anderen Gerät ist neuer.
    .do = Aktualisieren Sie dieses Programm.
wrong-code-link = Dieser Code ist ein Link und kein Anmeldecode.
    .cause = Er führt zu einer Seite oder zu einem Ort in Matrix.
    .do = Scannen Sie den Code, den das andere Gerät zum Anmelden zeigt.
wrong-code-other = Das ist kein Anmeldecode.
    .cause = Er enthält etwas anderes.
    .do = Scannen Sie den Code, den das andere Gerät zum Anmelden zeigt.
wrong-code-as-text = Der Code wurde als Text gelesen und hat einen Teil seines Inhalts verloren.
    .cause = Ein Anmeldecode enthält Bytes. Was ihn gelesen hat, machte Text daraus.
    .do = Lesen Sie das Bild noch einmal mit einem Programm, das die Bytes behält.
wrong-code-damaged = Dieser Anmeldecode ist beschädigt.
    .cause = Ein Teil fehlt oder kann nicht stimmen.
    .do = Scannen Sie ihn noch einmal, oder lassen Sie das andere Gerät einen neuen zeigen.
wrong-code-insecure = Dieser Code führt zu einer Adresse, die nicht sicher ist.
    .cause = Seine Adresse ist nicht https.
    .do = Verwenden Sie ihn nicht. Wenn er von Ihrem eigenen Server ist, muss seine Administration https einrichten.
expired-rendezvous = Der QR-Code gilt nicht mehr.
    .cause = Seine Zeit ist um, es wurde ein falscher Prüfcode eingegeben, oder das andere Gerät hat aufgegeben.
    .do = Beginnen Sie mit einem neuen Code von vorn.
expired-other-device = Das andere Gerät antwortet nicht mehr.
    .cause = Was von ihm fällig war, kam nicht rechtzeitig.
    .do = Beginnen Sie von vorn. Wenn das neue Gerät inzwischen angemeldet ist, verifizieren Sie es auf andere Weise.
missing-cross-signing-keys = Dieses Gerät hat die Schlüssel des Kontos nicht.
    .cause = Ein neues Gerät wird damit verifiziert, also kann dieses keines anmelden.
    .do = Richten Sie die Verschlüsselung auf diesem Gerät ein, oder verifizieren Sie es, und versuchen Sie es noch einmal.
missing-oauth-session = Diese Sitzung kann kein anderes Gerät anmelden.
    .cause = Sie wurde nicht über OAuth 2.0 (mit dem Browser oder einem Code) angemeldet, was dafür nötig ist.
    .do = Melden Sie sich mit dem Browser oder einem Code neu an, oder melden Sie sich auf dem neuen Gerät an wie hier, und verifizieren Sie es mit diesem.
missing-encryption = Dieses Programm wurde ohne Verschlüsselung gebaut.
    .cause = Es hat deshalb keine Schlüssel: Es kann weder ein Gerät verifizieren noch einem neuen die Schlüssel des Kontos geben.
    .do = Verwenden Sie eine Version mit Verschlüsselung.
misbehaviour-insecure-channel = Keine sichere Verbindung zum anderen Gerät.
    .cause = Was geantwortet hat, ist nicht das Gerät mit dem Code, ein anderes Gerät war schneller beim Scannen, oder was kam, wurde unterwegs verändert.
    .do = Beginnen Sie mit einem neuen Code von vorn, und lassen Sie ihn nur ein Gerät scannen.
misbehaviour-unexpected-message = Das andere Gerät hat etwas gesagt, das nicht fällig war.
    .cause = Sein Programm tut etwas anderes als festgelegt.
    .do = Beginnen Sie von vorn. Wenn es wieder geschieht, aktualisieren Sie beide Programme.
misbehaviour-secrets-do-not-match = Die Schlüssel, die kamen, sind nicht die des Kontos.
    .cause = Das Konto veröffentlicht andere. Keiner wurde verwendet.
    .do = Sie sind angemeldet. Verifizieren Sie dieses Gerät auf andere Weise, und prüfen Sie, welche Geräte das Konto hat.
