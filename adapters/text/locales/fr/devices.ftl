# Two devices, one of which signs the other in.

## Two devices: screens

screen-warning = Ne scannez qu’un code que votre propre autre appareil affiche en ce moment. Qui vous a envoyé un code pourrait prendre le contrôle de votre compte, ou vous connecter au sien.
screen-warning-link = L’autre appareil aura un accès complet à votre compte : tous les messages, et les clés qui les déchiffrent. Ne continuez qu’avec un appareil que vous avez en main.
screen-warning-existing-scan = L’appareil dont vous scannez le code aura un accès complet à votre compte : tous les messages, et les clés qui les déchiffrent. Ne scannez qu’un code que votre propre nouvel appareil affiche en ce moment, et aucun code reçu.
screen-scanner = Scannez le code QR que l’autre appareil affiche.
screen-qr-code = Scannez ce code avec l’autre appareil :
screen-without-encryption = Ce programme n’a pas de chiffrement : cet appareil sera connecté, mais pas vérifié.
screen-check-code = Saisissez ce code sur l’autre appareil, puis autorisez-y la connexion : { $code }
screen-check-code-existing = Saisissez ce code sur le nouvel appareil : { $code }
screen-enter-check-code = Saisissez les deux chiffres que l’autre appareil affiche. Il n’y a qu’un essai.
screen-confirm-server = Vous avez choisi { $server }, et l’autre appareil est sur { $found }. Se connecter à { $found } ?
screen-consent = Un nouvel appareil, { $device }, veut se connecter en tant que { $user }. Autorisez-le sur la page de { $host }.
consent-elsewhere = Cette page n’est pas sur le serveur où vous vous êtes connecté : c’est le nouvel appareil qui l’indique, et elle peut n’être qu’une imitation. Si vous ne la connaissez pas, n’y saisissez rien, et annulez.
screen-in-browser-for-device = Autorisez le nouvel appareil dans votre navigateur. Le code affiché doit être celui du nouvel appareil :
screen-user-code-from-device = L’autre appareil ouvre cette page. Vérifiez qu’elle affiche ce code, ou saisissez-le, et autorisez la connexion :
user-code-without-keys = L’autre appareil est parti, ou son délai est écoulé. Celui-ci peut encore être connecté, mais ne reçoit pas les clés : il faudra le vérifier ensuite.
screen-confirm-account = Cet appareil est maintenant connecté en tant que { $user }. Est-ce votre compte ?
screen-linked = L’appareil { $device } est connecté en tant que { $user }.
linked-verified = Il est vérifié.
linked-unverified = Le serveur ne le montre pas encore comme vérifié : il n’a pas terminé, ou il a été déconnecté là-bas.

## Trust

trust-verified = Cet appareil est vérifié, et la sauvegarde de vos clés de messages est utilisée.
trust-verified-without-backup = Cet appareil est vérifié. La sauvegarde des clés de messages n’est pas utilisée ici.
trust-needs-verification = Cet appareil n’est pas encore vérifié.
trust-no-identity = Le compte n’a pas encore d’identité : rien ne permet de vérifier cet appareil.
trust-cannot-verify-no-encryption = Cet appareil n’est pas vérifié : ce programme n’a pas de chiffrement.
trust-cannot-verify-no-secrets = Cet appareil n’est pas vérifié : les clés ne sont pas arrivées.
trust-cannot-verify-secrets-do-not-match = Cet appareil n’est pas vérifié : les clés reçues ne sont pas celles du compte. Aucune n’a été utilisée.
trust-cannot-verify-server = Cet appareil n’est pas vérifié : le serveur n’a pas répondu, ou n’a pas accepté les clés.
trust-cannot-verify-storage = Cet appareil n’est pas vérifié : les clés n’ont pas pu être enregistrées ici.

## Two devices: tasks and offers

task-open-rendezvous = Préparation du code QR
task-join-rendezvous = Connexion à l’autre appareil
task-await-device = En attente de l’autre appareil
task-tell-device = Notification de l’autre appareil
task-check-device = Vérification du nouvel appareil dans le compte
task-check-secrets = Vérification des clés de cet appareil
task-confirm-account = En attente de votre confirmation du compte
task-adopt-secrets = Vérification de cet appareil
task-share-secrets = Envoi des clés au nouvel appareil
task-await-verification = En attente de votre confirmation du compte sur le nouvel appareil
offer-show-code = Afficher un code QR
offer-scan-code = Scanner un code QR
offer-understood = Continuer
offer-use-code = Utiliser un code
offer-confirm = Oui
offer-cannot-open = La page ne peut pas être ouverte ici

## Two devices: what can go wrong

refusal-check-code-wrong = Le code n’est pas celui que l’autre appareil affiche.
    .cause = Il a été mal saisi, ou un autre appareil a scanné le code QR. Il n’y a qu’un essai, pour que personne ne puisse deviner.
    .do = Recommencez avec un nouveau code QR.
refusal-cancelled-there = Cela a été annulé sur l’autre appareil.
    .cause = Quelqu’un l’y a annulé, ou ce programme a été fermé.
    .do = Recommencez si vous le souhaitez.
refusal-new-device-absent = Votre compte ne montre pas le nouvel appareil.
    .cause = Il dit être connecté : il a été autorisé pour un autre compte, ou le serveur ne l’a pas montré à temps. Il n’a reçu aucune clé.
    .do = Vérifiez quel compte était connecté sur la page. Déconnectez le nouvel appareil, puis recommencez.
refusal-other-device = L’autre appareil a abandonné ({ $reason }).
    .cause = Il donne cette raison, et aucune autre.
    .do = Recommencez. Si cela se reproduit, mettez à jour le programme de l’autre appareil.
other-device-exists = Le compte a déjà un appareil avec cet identifiant.
    .cause = Le nouvel appareil demande un identifiant déjà utilisé dans le compte.
    .do = Recommencez sur le nouvel appareil : il en prendra un autre.
other-device-not-found = L’autre appareil ne voit pas cet appareil dans le compte.
    .cause = Le serveur n’y a pas montré le nouvel appareil à temps. Aucune clé n’a été envoyée.
    .do = Vous êtes connecté. Vérifiez cet appareil d’une autre façon.
other-device-unsupported = L’autre appareil ne peut pas connecter un appareil de cette façon.
    .cause = Son programme ou son serveur ne le prend pas en charge.
    .do = Connectez-vous d’une autre façon.
other-device-unable-to-open = L’autre appareil ne peut pas ouvrir la page de connexion.
    .cause = Son utilisateur, ou son programme, l’indique.
    .do = Connectez-vous d’une autre façon, ou utilisez un autre appareil.
other-device-expired = Sur l’autre appareil, le code de connexion a expiré.
    .cause = La connexion n’a pas été autorisée à temps.
    .do = Recommencez.
other-device-unexpected = L’autre appareil n’a pas compris celui-ci.
    .cause = Il a reçu quelque chose d’inattendu, et a abandonné.
    .do = Recommencez. Si cela se reproduit, mettez à jour les deux programmes.
wrong-code-verification = Ce code vérifie un appareil déjà connecté.
    .cause = C’est une autre sorte de code, qui ne connecte pas.
    .do = Sur l’autre appareil, choisissez de lier un nouvel appareil, et scannez le code affiché alors.
wrong-code-both-new = Un nouvel appareil affiche ce code, et celui-ci est nouveau aussi.
    .cause = L’un des deux doit être connecté : c’est lui qui connecte l’autre.
    .do = Scannez le code d’un appareil connecté.
wrong-code-both-signed-in = Un appareil connecté affiche ce code, et celui-ci est connecté aussi.
    .cause = L’un des deux doit être nouveau : c’est l’autre qui le connecte.
    .do = Scannez le code d’un nouvel appareil, qui l’affiche lors de la connexion.
wrong-code-newer = Ce code est d’une sorte plus récente que celles que ce programme connaît.
    .cause = Le programme de l’autre appareil est plus récent.
    .do = Mettez à jour ce programme.
wrong-code-link = Ce code est un lien, et non un code de connexion.
    .cause = Il mène à une page, ou à un endroit dans Matrix.
    .do = Scannez le code que l’autre appareil affiche pour se connecter.
wrong-code-other = Ce n’est pas un code de connexion.
    .cause = Il contient autre chose.
    .do = Scannez le code que l’autre appareil affiche pour se connecter.
wrong-code-as-text = Le code a été lu comme du texte, et a perdu une partie de son contenu.
    .cause = Un code de connexion contient des octets. Ce qui l’a lu en a fait du texte.
    .do = Relisez l’image avec un programme qui garde les octets.
wrong-code-damaged = Ce code de connexion est endommagé.
    .cause = Une partie manque, ou ne peut pas être juste.
    .do = Scannez-le de nouveau, ou affichez-en un nouveau sur l’autre appareil.
wrong-code-insecure = Ce code mène à une adresse qui n’est pas sûre.
    .cause = Son adresse n’est pas en https.
    .do = Ne l’utilisez pas. S’il vient de votre propre serveur, son admin doit configurer https.
expired-rendezvous = Le code QR n’est plus valable.
    .cause = Son temps est écoulé, un mauvais code de contrôle a été saisi, ou l’autre appareil a renoncé.
    .do = Recommencez avec un nouveau code.
expired-other-device = L’autre appareil ne répond plus.
    .cause = Ce qui était attendu de lui n’est pas arrivé à temps.
    .do = Recommencez. Si le nouvel appareil est connecté entre-temps, vérifiez-le d’une autre façon.
missing-cross-signing-keys = Cet appareil n’a pas les clés du compte.
    .cause = Un nouvel appareil est vérifié avec elles, donc celui-ci ne peut pas le connecter.
    .do = Configurez le chiffrement sur cet appareil, ou vérifiez-le, puis réessayez.
missing-oauth-session = Cette session ne peut pas connecter un autre appareil.
    .cause = Elle n’a pas été ouverte par OAuth 2.0 (avec le navigateur ou un code), ce qui est nécessaire.
    .do = Reconnectez-vous avec le navigateur ou un code, ou connectez-vous sur le nouvel appareil comme ici, puis vérifiez-le avec celui-ci.
missing-encryption = Ce programme a été construit sans chiffrement.
    .cause = Il n’a donc pas de clés : il ne peut ni vérifier un appareil ni donner à un nouveau les clés du compte.
    .do = Utilisez une version avec chiffrement.
misbehaviour-insecure-channel = Pas de connexion sûre à l’autre appareil.
    .cause = Ce qui a répondu n’est pas l’appareil avec le code, un autre appareil l’a scanné plus vite, ou le contenu a été modifié en route.
    .do = Recommencez avec un nouveau code, et ne le scannez qu’avec un seul appareil.
misbehaviour-unexpected-message = L’autre appareil a dit quelque chose d’inattendu.
    .cause = Son programme fait autre chose que ce qui est spécifié.
    .do = Recommencez. Si cela se reproduit, mettez à jour les deux programmes.
misbehaviour-secrets-do-not-match = Les clés reçues ne sont pas celles du compte.
    .cause = Le compte en publie d’autres. Aucune n’a été utilisée.
    .do = Vous êtes connecté. Vérifiez cet appareil d’une autre façon, et vérifiez les appareils du compte.
