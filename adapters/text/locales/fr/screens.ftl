# Écrans, tâches et offres.

cancelled = Annulé.
screen-welcome = Quel serveur ?
screen-paused = { $task ->
    [register] Reprendre l’inscription sur { $server } ?
    [keep_session] Finir d’enregistrer la nouvelle session sur { $server } ?
    [sign_out] Achever la fermeture de la session sur { $server } ?
   *[other] Reprendre la connexion à { $server } ?
}
screen-paused-of = { $task ->
    [register] Reprendre l’inscription de { $user } sur { $server } ?
    [keep_session] Finir d’enregistrer la nouvelle session de { $user } sur { $server } ?
    [sign_out] Achever la fermeture de la session de { $user } sur { $server } ?
    [confirm_account] Un autre appareil a connecté celui-ci en tant que { $user }, et personne n’a encore dit si c’est votre compte. Répondre maintenant ? « Non » déconnecte.
    [adopt_secrets] Reprendre la vérification de cet appareil de { $user } ?
    [await_device] Reprendre la connexion d’un autre appareil de { $user } ?
   *[other] Reprendre la connexion à { $server } en tant que { $user } ?
}
screen-busy = Un instant…
screen-limited = { $server } limite le nombre de requêtes. Nouvel essai dans { $seconds } s…
screen-problem = Quelque chose n’a pas fonctionné.
screen-choose = Comment voulez-vous vous connecter à { $server } ?
screen-register-form = Nouveau compte sur { $server }
screen-terms = { $server } demande d’accepter ses conditions.
screen-registration-token = { $server } demande un jeton d’inscription. Son administration les distribue.
screen-address = { $server } demande une information : { $medium }.
screen-confirmation = Une confirmation a été envoyée à { $address }.
screen-in-browser = Continuez dans votre navigateur :
screen-user-code = Ouvrez cette page sur n’importe quel appareil et saisissez le code :
screen-user-code-picture = Scannez le code QR avec un téléphone, ou ouvrez cette page sur n’importe quel appareil, et saisissez le code :
user-code = Code : { $code }
user-code-grouped = Code : { $code } (se lit { $grouped })
screen-awaiting-approval = Votre compte { $username } sur { $server } a été créé. L’administration doit l’approuver avant que vous puissiez vous connecter.
screen-signed-in = Connecté en tant que { $user }.
screen-session-ended = La session de { $user } est terminée.
    .cause = Le serveur a déconnecté cet appareil, ou la session a expiré.
    .do = Reconnectez-vous sur le même appareil, ou déconnectez-vous pour retirer la session d’ici.
screen-signed-out = { $user } est déconnecté.
step = Étape { $step } sur { $of } : { $what }
policy = { $name } ({ $version }) : { $url }
policy-without-version = { $name } : { $url }
sent-times = { $sent ->
    [one] Envoyée une fois.
   *[other] Envoyée { $sent } fois.
}
task-find-server = Recherche de { $server }
task-ask-server = Vérification de ce que { $server } propose
task-register = Inscription sur { $server }
task-check-token = Vérification du jeton d’inscription
task-send-confirmation = Demande de la confirmation
task-check-confirmation = Vérification du code
task-find-page = Recherche de la page à ouvrir
task-await-callback = Préparation du navigateur
task-register-client = Enregistrement de ce client auprès de { $server }
task-get-user-code = Demande d’un code à saisir sur un autre appareil
task-list-devices = Liste des appareils
task-check-storage = Vérification qu’une session peut être enregistrée
task-sign-in = Connexion à { $server }
task-keep-session = Enregistrement de la session
task-check-session = Vérification de la session
task-refresh = Renouvellement du jeton d’accès
task-sign-out = Déconnexion
task-erase-session = Retrait de la session
task-forget-session = Retrait de la session de cet ordinateur
stage-dummy = rien
stage-terms = l’acceptation des conditions
stage-registration-token = un jeton d’inscription
stage-email = une adresse e-mail confirmée
stage-phone = un numéro de téléphone confirmé
stage-recaptcha = un captcha dans le navigateur
stage-other = une page dans le navigateur
medium-email = adresse e-mail
medium-phone = numéro de téléphone
offer-use-server = Utiliser un autre serveur
offer-create-account = Créer un compte
offer-check-username = Vérifier le nom d’utilisateur
offer-register = S’inscrire
offer-accept-terms = Accepter les conditions
offer-use-token = Utiliser un autre jeton
offer-use-email = Utiliser une autre adresse e-mail
offer-use-phone = Utiliser un autre numéro de téléphone
offer-resend = Envoyer à nouveau
offer-enter-code = Saisir le code
offer-open-browser = Rouvrir le navigateur
offer-check-now = Vérifier maintenant
offer-sign-in-with-password = Se connecter avec un mot de passe
offer-sign-in-with-sso = Se connecter avec le navigateur
offer-sign-in-with-browser = Se connecter avec le navigateur
offer-sign-in-with-device-code = Saisir un code sur un autre appareil
offer-list-devices = Lister les appareils
offer-manage-account = Gérer le compte dans le navigateur
offer-sign-in-with-token = Se connecter avec un jeton de connexion
offer-sign-in-with-access-token = Se connecter avec un jeton d’accès
offer-retry = Réessayer
offer-continue = Reprendre
offer-cancel = Retour
offer-check-session = Vérifier la session
offer-refresh = Renouveler le jeton d’accès
offer-sign-out = Se déconnecter
offer-forget = Retirer localement
offer-sign-in-again = Se reconnecter
username-rule = Utilisez a à z, 0 à 9 et . _ = - / +
username-checking = Vérification…
username-free = Disponible
username-suggestion = Essayez { $suggestion }.
device = Appareil : { $device }
homeserver = Serveur d’accueil : { $url }
stored-keyring = Enregistrée dans { $place }, chiffrée avec une clé qui se trouve dans le trousseau du système.
stored-passphrase-file = Enregistrée dans { $place }, chiffrée avec votre phrase secrète.
stored-key-file = Enregistrée dans { $place }, chiffrée avec une clé placée à côté : quiconque peut lire vos fichiers peut utiliser la session.
stored-memory = Non enregistrée : la session se termine avec ce programme.
server-not-told = Retirée localement ; le serveur affiche peut-être encore cet appareil.
already-over = La session était déjà terminée. Retirée localement.
not-saved = L’avancement n’est pas enregistré et serait perdu avec ce programme :
password-strength = { $score ->
    [0] Très faible
    [1] Faible
    [2] Moyen
    [3] Bon
   *[4] Fort
}
warning-keyboard-row = les rangées de touches sont faciles à deviner
warning-keyboard-pattern = les motifs courts sur le clavier sont faciles à deviner
warning-repeated-character = les répétitions comme « aaa » sont faciles à deviner
warning-repeated-part = les répétitions comme « abcabc » ne valent guère mieux que « abc »
warning-top10 = l’un des dix mots de passe les plus utilisés
warning-top100 = l’un des cent mots de passe les plus utilisés
warning-common = utilisé par beaucoup de gens
warning-nearly-common = presque un mot de passe utilisé par beaucoup de gens
warning-sequence = les suites comme « abc » ou « 6543 » sont faciles à deviner
warning-recent-year = les années récentes sont faciles à deviner
warning-single-word = un mot seul est facile à deviner
warning-date = les dates sont souvent faciles à deviner
warning-single-name = un nom seul est facile à deviner
warning-common-name = les noms courants sont faciles à deviner
suggestion-use-a-few-words = utilisez quelques mots sans rapport entre eux
suggestion-no-need-for-symbols = symboles, chiffres et majuscules ne sont pas nécessaires
suggestion-add-another-word = ajoutez un mot ou deux
suggestion-capitals-help-little = une majuscule aide peu
suggestion-all-capitals-help-little = mettre tout en majuscules aide peu
suggestion-reversed-words-help-little = un mot à l’envers aide peu
suggestion-substitutions-help-little = « @ » pour « a » aide peu
suggestion-longer-keyboard-pattern = utilisez un motif plus long avec plus de détours
suggestion-avoid-repeats = évitez les répétitions
suggestion-avoid-sequences = évitez les suites
suggestion-avoid-recent-years = évitez les années récentes
suggestion-avoid-own-years = évitez les années qui ont un rapport avec vous
suggestion-avoid-own-dates = évitez les dates qui ont un rapport avec vous
