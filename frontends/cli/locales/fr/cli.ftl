# Ce que seule la ligne de commande dit.

do-screen-session-ended = « narthex login --again{ $to } » reconnecte sur le même appareil, « narthex logout{ $to } » retire la session.
do-storage-locked = Déverrouillez le trousseau et réessayez.
do-storage-passphrase-missing = Donnez la phrase secrète avec --passphrase-file ou NARTHEX_PASSPHRASE.
do-storage-wrong-passphrase = Vérifiez --passphrase-file ou NARTHEX_PASSPHRASE.
do-storage-full = Libérez de la place, ou choisissez un autre endroit avec --data-dir.
do-storage-denied = Changez ses droits, ou choisissez un autre endroit avec --data-dir.
do-lost-proxy-unreachable = Vérifiez le proxy { $proxy } (HTTPS_PROXY, ALL_PROXY), ou excluez le serveur avec NO_PROXY.
do-lost-proxy-refused = Vérifiez le proxy { $proxy } (HTTPS_PROXY, ALL_PROXY) et son mot de passe, ou excluez le serveur avec NO_PROXY.
do-storage-other = Réessayez, ou choisissez un autre endroit avec --data-dir.
do-missing-password-sign-in = Utilisez une autre méthode, comme --browser, --device ou --sso. « narthex doctor » montre celles qui existent.
do-missing-legacy-sign-in = Utilisez une autre méthode, comme --browser, --device ou --sso. « narthex doctor » montre celles qui existent.
do-missing-token-sign-in = Utilisez une autre méthode, comme --browser, --device ou --sso. « narthex doctor » montre celles qui existent.
do-missing-authorization-code = Utilisez --username avec --password-stdin, ou adressez-vous à l’administration du serveur.
do-missing-device-grant = Utilisez une autre méthode, comme --browser ou --username avec --password-stdin. « narthex doctor » montre celles qui existent.
do-missing-revocation = « narthex logout{ $to } » termine cette session, « narthex manage --action devices-list{ $to } » mène aux autres.
do-missing-endpoint = « narthex logout --forget{ $to } » retire la session localement. L’administration du serveur peut la terminer là-bas.
do-refusal-signed-out-elsewhere = Si c’était vous, tout va bien. « narthex login{ $in } » reconnecte.
do-missing-cross-signing-keys = Exécutez « narthex encryption verify{ $to } » ou « narthex encryption recover{ $to } » ; ou « narthex encryption set-up{ $to } » si le compte n’a pas encore d’identité. Puis réessayez.
do-missing-oauth-session = « narthex login SERVER --browser{ $in } » reconnecte, puis liez l’appareil. Ou connectez-vous sur le nouvel appareil comme ici, puis vérifiez-le : « narthex encryption verify » sur les deux.
do-bug-reply-of-another-kind = Merci de le signaler, avec un fichier écrit par --report.
question-server = Il manque le serveur. Indiquez-le après la commande.
question-account = Il manque le compte. Indiquez-le : « narthex switch COMPTE{ $in } ».
question-continue = Une connexion est inachevée. Indiquez son serveur pour la reprendre.
question-whose = Plusieurs inscriptions sont inachevées, et personne n’est nommé. Utilisez --username, ou « narthex logout --unfinished{ $in } » pour toutes les abandonner.
ways-there-are = Le serveur propose : { $flags }
question-server-before-sso = Il manque le serveur. Ce qui suit --sso est le fournisseur d’identité. Indiquez d’abord le serveur : « narthex login SERVEUR --sso{ $in } ».
question-way-in = Il manque la méthode de connexion. Ce serveur propose : { $flags }
question-username = Il manque le nom d’utilisateur. Utilisez --username.
question-password = Il manque le mot de passe. Utilisez --password-stdin et envoyez-le sur l’entrée standard.
question-terms = Le serveur demande d’accepter ses conditions. Lisez-les, puis utilisez --accept-terms.
question-registration-token = Le serveur demande un jeton d’inscription. Utilisez --registration-token.
question-email = Le serveur demande une adresse e-mail. Utilisez --email.
question-phone = Le serveur demande un numéro de téléphone. Utilisez un terminal ou --json.
question-code = Le serveur a envoyé un code. Saisissez-le dans un terminal ou avec --json.
question-callback = Il manque l’adresse de retour. Relancez la même commande avec l’adresse sur l’entrée standard ; la connexion l’attend toujours.
question-provider = Il manque le fournisseur d’identité. Utilisez --sso=ID avec l’un de ceux-ci :
question-provider-wrong = Le serveur n’a pas de fournisseur d’identité « { $wrong } ». Utilisez --sso=ID avec l’un de ceux-ci :
provider = { $id } : { $name }
question-other-callback = L’adresse sur l’entrée standard n’est pas le retour de cette connexion. Copiez toute l’adresse de la page où le navigateur s’est arrêté, et relancez la même commande avec elle ; la connexion attend toujours.
prompt-server = Serveur{"\u00A0"}
prompt-username = Nom d’utilisateur{"\u00A0"}
prompt-password = Mot de passe{"\u00A0"}
prompt-password-again = Répétez le mot de passe{"\u00A0"}
prompt-identifier = Identifiant, e-mail ou téléphone{"\u00A0"}
prompt-token = Jeton d’inscription{"\u00A0"}
prompt-login-token = Jeton de connexion{"\u00A0"}
prompt-email = Adresse e-mail{"\u00A0"}
prompt-other-email = Ou une autre adresse{"\u00A0"}
prompt-country = Pays (deux lettres, comme FR){"\u00A0"}
prompt-number = Numéro de téléphone{"\u00A0"}
prompt-code = Code{"\u00A0"}
prompt-choice = Votre choix{"\u00A0"}
prompt-retype = Les mots de passe diffèrent. Réessayez.
prompt-paste = Ou collez l’adresse de retour{"\u00A0"}
prompt-paste-only = Collez l’adresse de retour{"\u00A0"}
prompt-open = Entrée ouvre { $host } dans le navigateur{"\u00A0"}
prompt-password-of = Mot de passe de { $user }{"\u00A0"}
prompt-waiting = En attente{"\u00A0"}
choices-yes = [O/n]
choices-no = [o/N]
choices-yes-or-no = [o/n]
words-yes = o oui
words-no = n non
hint-server = Nom de serveur, identifiant, URL ou lien matrix.to
hint-choice = Haut et bas, ou un numéro ou un mot. Entrée : choisir. Échap : retour.
hint-number = Un numéro de 1 à { $count }, ou un mot. Entrée : le premier.
hint-none-of-them = Ce n’est aucun d’eux. Utilisez les flèches, ou un numéro de 1 à { $count }.
hint-yes-or-no = Tapez o ou n.
hint-empty = Rien n’a encore été saisi. Échap : retour.
hint-suggestion = Entrée : prendre { $suggestion }. Ou saisissez-en un autre.
hint-waiting = En attente de l’ouverture du lien qu’elle contient. Entrée : vérifier. r : renvoyer. q : retour.
waiting-for-scan = En attente que l’autre appareil le scanne (encore { $left }). Échap : retour.
waiting-for-device = En attente de l’autre appareil (encore { $left }). Échap : retour.
hint-check-code = Un mauvais code y met fin sur les deux appareils. Encore { $left }. Échap : retour.
no-check-code = Ce ne peut pas être le code : il a deux chiffres. Rien n’a été tenté.
hint-code = Saisissez le code du message. r : renvoyer. q : retour.
hint-open = Entrée : ouvrir la page. q : retour. Encore { $minutes } min.
hint-open-or-paste = Entrée : ouvrir la page. Ou ouvrez-la ailleurs et collez ici l’adresse où elle finit. q : retour. Encore { $minutes } min.
hint-paste = Ouvrez l’adresse ci-dessus dans un navigateur quelconque, et collez ici l’adresse où il aboutit (encore { $minutes } min). { $opens ->
    [no] {""}
   *[yes] o : ouvrir ici.{" "}
}q : retour.
hint-page = En attente du navigateur (encore { $minutes } min). Entrée : vérifier. { $opens ->
    [no] {""}
   *[yes] o : rouvrir.{" "}
}q : retour.
hint-browser = En attente du navigateur (encore { $minutes } min). { $opens ->
    [no] {""}
   *[yes] o : rouvrir.{" "}
}q : retour.
hint-browser-or-code = En attente du navigateur (encore { $minutes } min). { $opens ->
    [no] {""}
   *[yes] o : rouvrir.{" "}
}c : code sur un autre appareil. q : retour.
hint-user-code = En attente d’approbation (encore { $minutes } min). Entrée : vérifier. c : copier. { $opens ->
    [no] {""}
   *[yes] o : ouvrir.{" "}
}q : retour.
hint-user-code-from-device = En attente de l’autorisation, d’ici { $minutes } min : ensuite cet appareil ne reçoit plus les clés. Entrée : vérifier. c : copier. q : retour.
hint-user-code-without-keys = En attente de l’autorisation (le code expire dans { $minutes } min). Entrée : vérifier. c : copier. q : retour.
hint-browser-for-device = En attente du nouvel appareil. Autorisez-le d’ici { $minutes } min : ensuite il peut encore se connecter, mais ne reçoit plus les clés. { $opens ->
    [no] {""}
   *[yes] o : l’ouvrir de nouveau.{" "}
}q : retour.
hint-no-password-shown = Votre saisie est masquée.
browser-opens = Ouverture de { $host } dans le navigateur. Si aucune page n’apparaît, ouvrez l’adresse ci-dessus.
browser-absent = Aucun navigateur n’a pu être lancé ici. Ouvrez l’adresse ci-dessus sur cet appareil ou un autre.
browser-forbidden = Non ouvert, à cause de --no-browser. Ouvrez vous-même l’adresse ci-dessus.
code-copied = Narthex a demandé au terminal de copier le code. Certains terminaux ne le font pas.
code-not-copied = Ce terminal ne sait pas copier.
checking-now = Le serveur est interrogé maintenant. La suite vient d’elle-même dès que l’étape est terminée.
checking-already = Le serveur est déjà interrogé. La suite vient d’elle-même dès que l’étape est terminée.
comes-by-itself = Le navigateur revient de lui-même. S’il ne le peut pas, collez l’adresse de la page où il s’est arrêté.
typed-no-address = Ce n’est ni une adresse, ni l’une des touches ci-dessous.
typed-unknown = Ce n’est aucune des touches ci-dessous.
callback-not-ours = Cette adresse n’est pas de cette connexion. Copiez toute l’adresse de la page où le navigateur s’est arrêté.
elapsed = ({ $seconds } s)
opening-store = Ouverture des sessions enregistrées…
ask-accept = Accepter les conditions ?
choice-provider = Se connecter avec { $name }
cancelled-nothing = Annulé. Aucun compte n’a été créé, et personne n’a été connecté.
cancelled-resume = Annulé. Ce qui a été fait est enregistré : relancez la même commande pour reprendre.
cancelled-in-browser = La connexion a été annulée dans le navigateur. Relancez la commande pour recommencer.
flags-not-used = Non utilisé ici : { $flags }. La page dans le navigateur demande ce dont le serveur a besoin.
flags-not-used-by-token = Non utilisé ici : { $flags }.
token-for-the-page = Si la page demande un jeton d’inscription, saisissez celui-ci : { $token }
next-steps = Ensuite : « narthex whoami{ $to } » vérifie la session, « narthex token{ $to } » affiche un jeton d’accès pour d’autres programmes, « narthex logout{ $to } » déconnecte.
still-signed-in = La session est toujours enregistrée, pour que vous puissiez vous déconnecter plus tard. « narthex logout --forget{ $to } » la retire localement.
still-signed-in-everywhere = Cette session est toujours enregistrée. On ne sait pas quelles sessions sont terminées : relancez « narthex logout --everywhere{ $to } » plus tard.
not-told = Rien n’a été terminé : le serveur n’a pas été prévenu, car la session n’a pas pu être retirée de cet ordinateur.
no-accounts = Aucun compte n’est connecté. Lancez « narthex login{ $in } ».
no-such-account = { $account } n’est pas connecté ici.
several-accounts = Plusieurs comptes sont connectés, et il peut s’agir de n’importe lequel de ceux-ci. Indiquez-en un avec --account, ou faites-en le compte par défaut avec « narthex switch COMPTE{ $in } » :
resuming = { $task ->
    [register] Reprise de l’inscription sur { $server }.
    [keep_session] Enregistrement de la session que { $server } a accordée.
    [sign_out] Fin de la session inutilisée sur { $server }.
   *[other] Reprise de la connexion à { $server }.
}
resuming-of = { $task ->
    [register] Reprise de l’inscription de { $user } sur { $server }.
    [keep_session] Enregistrement de la session de { $user } que { $server } a accordée.
    [sign_out] Fin de la session inutilisée de { $user } sur { $server }.
    [confirm_account] Un autre appareil a connecté celui-ci en tant que { $user }. Cela reste à confirmer.
    [adopt_secrets] Reprise de la vérification de cet appareil de { $user }.
    [await_device] Reprise de la connexion d’un autre appareil de { $user }.
   *[other] Reprise de la connexion à { $server } en tant que { $user }.
}
left-unfinished = { $task ->
    [register] Une inscription inachevée sur { $server } est conservée.
    [keep_session] Une session que { $server } a accordée n’est pas encore enregistrée.
    [sign_out] Une session que personne n’utilise n’est pas encore terminée sur { $server }.
   *[other] Une connexion inachevée à { $server } est conservée.
}
left-unfinished-of = { $task ->
    [register] Une inscription inachevée de { $user } sur { $server } est conservée.
    [keep_session] Une session de { $user } que { $server } a accordée n’est pas encore enregistrée.
    [sign_out] Une session de { $user } que personne n’utilise n’est pas encore terminée sur { $server }.
    [confirm_account] Personne n’a encore dit si { $user }, en tant que qui un autre appareil a connecté celui-ci, est votre compte.
    [adopt_secrets] La vérification de cet appareil de { $user } est inachevée.
    [await_device] La connexion d’un autre appareil de { $user } est inachevée.
   *[other] Une connexion inachevée à { $server } en tant que { $user } est conservée.
}
which-account = Quel compte ?
default-which = À quel compte les commandes sans --account doivent-elles s’appliquer ?
logout-which = Déconnecter quelle session ?
default-mark = (par défaut)
ended-mark = (terminée par le serveur)
verified-mark = (vérifié)
unverified-mark = (non vérifié)
known-verified = Cet appareil était vérifié lors du dernier contrôle.
known-unverified = Cet appareil n’était pas vérifié lors du dernier contrôle. « narthex encryption status{ $to } » le contrôle de nouveau.
unconfirmed-mark = (non confirmée)
unconfirmed = Un autre appareil a connecté celui-ci en tant que { $user }, et personne n’a encore dit si c’est votre compte. « { $again }{ $in } » le demande, « narthex logout{ $to } » déconnecte.
switched = Les commandes sans --account s’appliquent désormais à { $account }.
default-stays = Les commandes sans --account s’appliquent toujours au compte par défaut, { $default }. « narthex switch { $account }{ $in } » change cela.
replaced = L’ancienne session { $account } a été déconnectée ; la nouvelle la remplace.
not-replaced = L’ancienne session { $account } n’a pas pu être déconnectée. Elle est toujours enregistrée ; la prochaine connexion de cet utilisateur réessaie, de même que « narthex logout{ $to } ».
saved-meanwhile = Entre-temps, un autre processus a enregistré { $account }, une autre session du même utilisateur. Les deux restent ouvertes.
signed-out-over = { $user } est déconnecté. Le serveur avait déjà terminé la session.
signed-out-here = La session de { $user } a été retirée d’ici. Le serveur n’a pas été prévenu, et affiche peut-être encore cet appareil.
over-not-removed = La session est terminée sur le serveur, mais elle n’a pas pu être retirée de cet ordinateur.
not-removed = La session n’a pas pu être retirée de cet ordinateur, et le serveur affiche peut-être encore cet appareil.
nothing-unfinished = Aucune connexion n’est inachevée.
signed-out = { $user } est déconnecté sur l’appareil { $device }.
given-up = { $task ->
    [register] L’inscription sur { $server } a été abandonnée.
    [keep_session] La session que { $server } avait accordée a été terminée.
    [sign_out] La session inutilisée sur { $server } a été terminée.
   *[other] La connexion à { $server } a été abandonnée.
}
given-up-of = { $task ->
    [register] L’inscription de { $user } sur { $server } a été abandonnée.
    [keep_session] La session de { $user } que { $server } avait accordée a été terminée.
    [sign_out] La session inutilisée de { $user } sur { $server } a été terminée.
    [confirm_account] Déconnexion de { $user } : personne n’avait confirmé que c’était le bon compte.
    [adopt_secrets] Vérification de cet appareil de { $user } abandonnée. Il reste connecté.
    [await_device] Connexion d’un autre appareil de { $user } abandonnée.
   *[other] La connexion à { $server } en tant que { $user } a été abandonnée.
}
still-unfinished = Elle est toujours inachevée, pour que vous puissiez réessayer avec « narthex logout --unfinished{ $in } ».
status-profile = Profil { $name } :
status-nobody = Aucun compte n’est connecté.
status-session = { $user }, appareil { $device }, sur { $server }
status-lost = Plus rien n’est enregistré de cette session. Reconnectez-vous, ou lancez « narthex logout{ $to } ».
status-ended = Le serveur a terminé cette session. Lancez « narthex login --again{ $to } » ou « narthex logout{ $to } ».
status-expires = Le jeton d’accès expire dans { $minutes } min.
status-expired = Le jeton d’accès a expiré.
status-unknown-life = Le serveur n’a pas dit quand le jeton d’accès expire.
status-renews = Il peut être renouvelé.
status-renews-not = Il ne peut pas être renouvelé.
status-runs = Une connexion qu’un autre processus exécute en ce moment.
status-since = Commencée le { $date }.
status-unfinished-unknown = Impossible de savoir si une connexion est inachevée.
status-drop = « narthex logout --unfinished{ $in } » abandonne ce qui est inachevé.
left-resume = « { $command }{ $in } » la reprend.
asked-password = Le mot de passe
asked-login-token = Le jeton de connexion
asked-access-token = Le jeton d’accès
asked-passphrase = La phrase secrète
asked-address = L’adresse de retour
bad-line-no-input = { $what } manque : l’entrée standard est vide. Envoyez la valeur par un tube.
bad-line-empty = { $what } est vide. Placez la valeur sur la première ligne.
bad-line-too-long = { $what } dépasse la longueur permise. Placez la valeur seule sur la première ligne.
bad-line-utf-16 = { $what } est en UTF-16. Enregistrez le fichier en UTF-8.
bad-line-not-utf-8 = { $what } n’est pas en UTF-8 valide. Enregistrez le fichier en UTF-8.
bad-line-nul = { $what } contient un octet NUL. Enregistrez le fichier en texte simple, en UTF-8.
bad-line-whitespace = { $what } contient des espaces ou précède une autre ligne. Placez la valeur seule sur la première ligne.
bad-line-foreign = { $what } contient un caractère qui n’existe dans aucun jeton. Copiez-le de nouveau, seul sur la première ligne.
bad-variable = { $why ->
    [empty] La variable d’environnement { $variable } est vide. Donnez-lui une valeur, ou supprimez-la.
    [too-long] La variable d’environnement { $variable } est trop longue.
    [whitespace] La variable d’environnement { $variable } contient des espaces ou plusieurs lignes. Donnez-lui le jeton seul.
    [foreign] La variable d’environnement { $variable } contient un caractère qui n’existe dans aucun jeton. Copiez le jeton de nouveau.
   *[other] La variable d’environnement { $variable } n’est pas en UTF-8 valide.
}
no-data-dir = Ce système ne dit pas où les programmes enregistrent leurs données (HOME n’est pas défini). Choisissez un répertoire avec --data-dir.
no-homeserver = NARTHEX_TOKEN est défini, mais pas NARTHEX_HOMESERVER. Donnez-lui le serveur du jeton.
token-put-off = Le jeton d’accès n’a pas pu être renouvelé : { $why } Il reste valable { $seconds } s.
token-busy = Un autre programme renouvelle cette session. D’ici là, ce jeton d’accès reste valable { $seconds } s.
not-renewable = Le serveur n’a pas délivré de jeton de renouvellement pour cette session : son jeton d’accès ne peut donc pas être renouvelé. Sans --refresh, « narthex token{ $to } » vérifie le jeton et l’affiche.
not-run = Impossible de lancer { $program } : { $error }
bad-output = Impossible d’écrire sur la sortie standard : { $error }
timed-out = Arrêté après { $seconds } { $seconds ->
    [one] seconde
   *[other] secondes
}, comme le demande --timeout{ $what ->
    [browser] , en attendant le navigateur.
    [code] , en attendant la saisie du code sur un autre appareil.
    [confirmation] , en attendant la confirmation.
    [device] , en attendant l’autre appareil.
    [approval] , en attendant l’administration du serveur.
    [server] , en attendant la réponse du serveur.
    [limit] , en attendant que le serveur permette un nouvel essai.
    [answer] , en attendant votre réponse.
   *[other] .
}
from-environment = De l’environnement (NARTHEX_TOKEN) : Narthex n’enregistre pas cette session.
still-valid = La session de { $user } est encore valide ; rien n’a été fait.
not-used = { $what } n’a pas servi.
timed-out-settled = Le délai de --timeout ({ $seconds } s) est écoulé. Narthex a attendu plus longtemps, car la session aurait pu être perdue avec la réponse du serveur.
timed-out-resume = Ce qui a été fait est enregistré : relancez la même commande pour reprendre.
panicked = Narthex a un bogue, à { $place }. Merci de le signaler. Ce qui était enregistré est toujours là.
report-written = Le rapport est écrit. Il nomme des serveurs et des utilisateurs, et ne contient ni mots de passe ni jetons.
offer-report = Pour signaler ce problème, relancez la commande avec --report FICHIER, et joignez le fichier.
no-trace = Aucune trace n’a été écrite : cette commande n’a contacté aucun serveur.
waiting-for-passphrase = En attente d’une ligne dans le tube { $path }…
bad-file = { $path } est inutilisable : { $error }
no-code-in = { $why ->
    [empty] { $path } est vide.
    [not_a_picture] { $path } n’est ni une image (PNG ou JPEG) ni du base64, ou est endommagé.
    [too_large] { $path } dépasse 20 Mio ou 20 mégapixels.
    [unreadable] Le code QR de { $path } est illisible : il est flou ou en partie caché.
    [several] { $path } contient plusieurs codes QR différents. Découpez celui qui convient.
    [too_busy] { $path } contient trop de choses qui ressemblent à un code QR. Découpez le code.
   *[no_code] Aucun code QR n’a été trouvé dans { $path }.
}
standard-input = L’entrée standard
bad-system = Il manque à ce système : { $what }
replay-unreadable = La trace est illisible : { $error }
replay-malformed = Ce n’est pas une trace : voyez la ligne { $line }.
replay-version = La trace est de la version { $version }, que cette version de Narthex ne sait pas rejouer.
fault-not-found = aucun fichier ni dossier de ce nom
fault-denied = permission refusée
fault-exists = existe déjà
fault-is-a-directory = c’est un dossier
fault-not-a-directory = une partie du chemin n’est pas un dossier
fault-full = plus de place
fault-read-only = l’écriture est impossible
fault-not-utf-8 = ce n’est pas du texte en UTF-8
fault-closed = elle est fermée, ou le programme appelant l’ignore
replayed = La trace se rejoue : { $inputs } entrées, { $views } vues, toutes identiques.
settling = En attente d’une réponse du serveur dont dépend la session. Ctrl-C arrête tout de suite.
replayed-cut = La trace s’arrête là où sa limite de taille a été atteinte.
replayed-hidden = La trace ne contient pas la suite, qui est restée entre deux appareils.
replay-differs = Après l’entrée { $input }, la relecture diffère de l’enregistrement.
device-seen = vu le { $date }
device-this = cet appareil
action-not-announced = Le serveur n’annonce pas cette action. Le lien mène à la page du compte.
no-account-page = Le serveur n’annonce pas de page de compte.
not-an-address = Ce n’est pas une adresse de retour.
nobody-waits = Aucune connexion n’attend cette adresse. Elle est peut-être déjà finie. « narthex login{ $in } » en commence une autre.
nobody-answers = Un Narthex en cours ne répond pas. Si sa connexion attend cette adresse, réessayez dans un instant.
storage-place = Chemin : { $path }
handler-ours = Narthex ouvre les adresses { $scheme }:.
handler-outdated = Narthex ouvrait les adresses { $scheme }: depuis un autre chemin : { $other }. Relancez « narthex handler install ».
handler-other = Une autre application ouvre les adresses { $scheme }: : { $other }.
handler-nobody = Aucune application n’ouvre les adresses { $scheme }:.
advice-fine = Aucune : on peut se connecter. Essayez « narthex login { $server }{ $in } ».
advice-register = Créez un compte avec « narthex register { $server }{ $in } ».

## Another device

question-warning = Deux appareils sont mis en relation, et il faut répondre à l’avertissement. Utilisez --yes, un terminal ou --json.
question-scan = Il manque le code QR de l’autre appareil. Utilisez --scan.
question-check-code = L’autre appareil affiche deux chiffres. Saisissez-les dans un terminal ou avec --json.
question-confirm = L’autre appareil indique un serveur ou un compte à confirmer. Utilisez --yes, un terminal ou --json.
question-consent = Le nouvel appareil doit être autorisé sur une page. Utilisez un terminal ou --json.
question-emoji = Quelqu’un doit comparer les emoji de deux appareils. Utilisez un terminal ou --json.
asked-code = le code QR
ask-go-on = Continuer ?
prompt-scanned = Contenu du code en base64, ou le fichier de son image{"\u00A0"}
prompt-check-code = Les deux chiffres{"\u00A0"}
code-does-not-fit = Ce terminal est trop petit pour le dessiner : il faut { $columns } colonnes et { $rows } lignes. Agrandissez-le et recommencez, utilisez --qr-file, ou collez ceci là-bas :
code-in-file = C’est une image dans { $file }, tant qu’il peut être scanné.
choice-open-page = Ouvrir la page
choice-go-on-without = Continuer : j’ouvre la page moi-même

## Encryption

asked-recovery-key = la clé de récupération
ask-recovery-key = Clé de récupération{"\u00A0"}
ask-verification-request = Avez-vous commencé cela là-bas, à l’instant ?
ask-emoji = L’autre appareil affiche-t-il la même chose, dans le même ordre ?
verification-await-request = Commencez la vérification sur votre autre appareil, avec { $device }.
verification-await-other = Cet appareil, { $device }, n’a pas besoin d’être vérifié. Commencez sur l’appareil qui doit l’être : il s’adressera à celui-ci.
verification-await-device = Vos autres appareils sont priés de vérifier { $device }. Acceptez sur l’un d’eux, ou exécutez-y « narthex encryption verify ».
verification-requested = Votre appareil { $device } demande à être vérifié avec celui-ci.
verification-emoji = Comparez ceci avec ce qu’affiche { $device } :
waits-for-start = En attente de l’autre appareil
waits-for-request = En attente d’une demande
waits-for-device = En attente d’une réponse
waits-for-answer = En attente de la réponse sur l’autre appareil
waits-for-keys = Échange des clés du compte
hint-escape = Échap : arrêter
recovery-key-is = Conservez cette clé de récupération en lieu sûr. Elle rend vos messages chiffrés si vous perdez tous vos appareils :
encryption-waits = En attente d’un autre programme qui a ouvert le chiffrement de cet appareil (processus { $pid })…
next-verify = Ensuite : « narthex encryption verify{ $to } » le vérifie avec un autre de vos appareils, « narthex encryption recover{ $to } » avec la clé de récupération.
next-set-up = Ensuite : « narthex encryption set-up{ $to } » lui en donne une.
encryption-held = Un autre programme a ouvert le chiffrement de cet appareil (processus { $pid }).
    .do = Fermez-le, puis réessayez.
encryption-other-device = Le chiffrement enregistré ici est celui d’un autre appareil.
    .do = Déconnectez-vous, puis reconnectez-vous.
encryption-no-secrets = Cet appareil n’a pas les clés du compte.
    .do = Vérifiez-le avec un autre appareil : « narthex encryption verify{ $to } » ; ou avec la clé de récupération : « narthex encryption recover{ $to } ».
encryption-secrets-do-not-match = Les clés ne sont pas celles que le compte publie.
    .do = Rien n’a été changé. Vérifiez les appareils du compte.
encryption-has-identity = Le compte a déjà une identité.
    .do = Vérifiez cet appareil avec un autre : « narthex encryption verify{ $to } » ; ou avec la clé de récupération : « narthex encryption recover{ $to } ».
encryption-has-recovery = Le chiffrement est configuré, et le compte a une clé de récupération, qui n’est affichée qu’une fois.
    .do = Si vous ne l’avez pas, créez-en une nouvelle : « narthex encryption set-up --new-recovery-key{ $to } ». L’ancienne ne servira alors plus à rien.
encryption-has-backup = Le compte a déjà une sauvegarde des clés de messages, dont cet appareil n’a pas la clé.
    .do = Vérifiez cet appareil avec celui qui l’a créée : « narthex encryption verify{ $to } ».
encryption-no-identity = Le compte n’a pas encore d’identité.
    .do = Créez-la : « narthex encryption set-up{ $to } ».
encryption-no-recovery = Le compte n’a pas de clé de récupération.
    .do = Vérifiez cet appareil avec un autre : « narthex encryption verify{ $to } ».
encryption-wrong-recovery-key = Ce n’est pas la clé de récupération du compte.
    .do = Vérifiez-la, puis saisissez-la de nouveau.
encryption-needs-approval = Le serveur demande de l’autoriser d’abord, sur sa page de compte : { $page }
    .do = Autorisez-le là, puis réessayez.
encryption-needs-approval-somewhere = Le serveur demande de l’autoriser d’abord, et ne dit pas sur quelle page.
    .do = Autorisez-le sur la page du compte, puis réessayez.
encryption-no-other-device = Le compte n’a pas d’autre appareil avec lequel vérifier celui-ci.
    .do = Utilisez la clé de récupération : « narthex encryption recover{ $to } ».
encryption-mismatch = Les emoji ne sont pas les mêmes : quelqu’un écoute peut-être. Aucun des appareils n’a été vérifié.
    .do = Réessayez. Si cela se reproduit, ne faites pas confiance au serveur ni à l’autre appareil.
encryption-timed-out = Personne n’a répondu à temps, et la vérification est terminée.
    .do = Recommencez, avec les deux appareils à portée de main.
encryption-answered-elsewhere = Un autre de vos appareils a répondu à la demande.
    .do = Continuez là-bas.
encryption-crossed = Une autre demande de vérification est arrivée entre-temps et a mis fin à celle-ci.
    .do = Recommencez, sur un appareil après l’autre.
encryption-cancelled-there = La vérification a été annulée sur l’autre appareil.
    .do = Recommencez si vous le souhaitez.
encryption-cancelled = La vérification a été annulée ({ $what }).
    .do = Recommencez si vous le souhaitez.
encryption-no-emoji = L’autre appareil ne peut pas comparer d’emoji.
    .do = Vérifiez d’une autre façon.
encryption-token-not-in-force = Le jeton d’accès n’est plus valable.
    .do = Renouvelez-le : « narthex token --refresh{ $to } ».
encryption-refused = Le serveur refuse ({ $status }).
    .do = Réessayez plus tard, ou demandez à l’administration du serveur.
encryption-misbehaved = La réponse du serveur n’est pas valable.
    .do = Montrez ceci à l’administration du serveur.
encryption-other = Le chiffrement a échoué : { $what }
    .do = Réessayez. Si cela se reproduit, signalez-le.

emoji =
    .dog = Chien
    .cat = Chat
    .lion = Lion
    .horse = Cheval
    .unicorn = Licorne
    .pig = Cochon
    .elephant = Éléphant
    .rabbit = Lapin
    .panda = Panda
    .rooster = Coq
    .penguin = Manchot
    .turtle = Tortue
    .fish = Poisson
    .octopus = Poulpe
    .butterfly = Papillon
    .flower = Fleur
    .tree = Arbre
    .cactus = Cactus
    .mushroom = Champignon
    .globe = Globe
    .moon = Lune
    .cloud = Nuage
    .fire = Feu
    .banana = Banane
    .apple = Pomme
    .strawberry = Fraise
    .corn = Maïs
    .pizza = Pizza
    .cake = Gâteau
    .heart = Cœur
    .smiley = Sourire
    .robot = Robot
    .hat = Chapeau
    .glasses = Lunettes
    .spanner = Clé à molette
    .santa = Père Noël
    .thumbs-up = Pouce en l’air
    .umbrella = Parapluie
    .hourglass = Sablier
    .clock = Réveil
    .gift = Cadeau
    .light-bulb = Ampoule
    .book = Livre
    .pencil = Crayon
    .paperclip = Trombone
    .scissors = Ciseaux
    .lock = Cadenas
    .key = Clé
    .hammer = Marteau
    .telephone = Téléphone
    .flag = Drapeau
    .train = Train
    .bicycle = Vélo
    .aeroplane = Avion
    .rocket = Fusée
    .trophy = Trophée
    .ball = Ballon
    .guitar = Guitare
    .trumpet = Trompette
    .bell = Cloche
    .anchor = Ancre
    .headphones = Casque audio
    .folder = Dossier
    .pin = Punaise
