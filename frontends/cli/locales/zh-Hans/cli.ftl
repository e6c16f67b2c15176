# 只有命令行才说的话。

do-screen-session-ended = 运行“narthex login --again{ $to }”在同一设备上重新登录，或运行“narthex logout{ $to }”移除会话。
do-storage-locked = 请解锁密钥环，然后重试。
do-storage-passphrase-missing = 请用 --passphrase-file 或 NARTHEX_PASSPHRASE 提供口令。
do-storage-wrong-passphrase = 请检查 --passphrase-file 或 NARTHEX_PASSPHRASE。
do-storage-full = 请腾出空间，或用 --data-dir 选择其他位置。
do-storage-denied = 请更改权限，或用 --data-dir 选择其他位置。
do-lost-proxy-unreachable = 请检查代理 { $proxy }（HTTPS_PROXY、ALL_PROXY），或用 NO_PROXY 排除该服务器。
do-lost-proxy-refused = 请检查代理 { $proxy }（HTTPS_PROXY、ALL_PROXY）及其密码，或用 NO_PROXY 排除该服务器。
do-storage-other = 请重试，或用 --data-dir 选择其他位置。
do-missing-password-sign-in = 请使用其他方式，例如 --browser、--device 或 --sso。“narthex doctor”会列出有哪些。
do-missing-legacy-sign-in = 请使用其他方式，例如 --browser、--device 或 --sso。“narthex doctor”会列出有哪些。
do-missing-token-sign-in = 请使用其他方式，例如 --browser、--device 或 --sso。“narthex doctor”会列出有哪些。
do-missing-authorization-code = 请使用 --username 和 --password-stdin，或询问服务器管理员。
do-missing-device-grant = 请使用其他方式，例如 --browser，或 --username 和 --password-stdin。“narthex doctor”会列出有哪些。
do-missing-revocation = “narthex logout{ $to }”结束这个会话，“narthex manage --action devices-list{ $to }”通往其他会话。
do-missing-endpoint = “narthex logout --forget{ $to }”在本地移除会话。服务器管理员可以在那里结束它。
do-refusal-signed-out-elsewhere = 如果是您自己做的，则一切正常。“narthex login{ $in }”可重新登录。
do-missing-cross-signing-keys = 请运行“narthex encryption verify{ $to }”或“narthex encryption recover{ $to }”；如果账号还没有身份，请运行“narthex encryption set-up{ $to }”。然后重试。
do-missing-oauth-session = “narthex login SERVER --browser{ $in }”重新登录后即可关联。或者在新设备上用与此处相同的方式登录，再验证它：在两台设备上运行“narthex encryption verify”。
do-bug-reply-of-another-kind = 请附上 --report 写出的文件进行报告。
question-server = 缺少：服务器。请写在命令之后。
question-account = 缺少：哪个账号。请指明：“narthex switch 账号{ $in }”。
question-continue = 有一次未完成的登录。请写出它的服务器以继续。
question-whose = 有多个未完成的注册，但没有指明是谁。请使用 --username，或用“narthex logout --unfinished{ $in }”放弃全部。
ways-there-are = 服务器提供：{ $flags }
question-server-before-sso = 缺少：服务器。--sso 之后的是身份提供者。请先写服务器：“narthex login 服务器 --sso{ $in }”。
question-way-in = 缺少：登录方式。这个服务器提供：{ $flags }
question-username = 缺少：用户名。请使用 --username。
question-password = 缺少：密码。请使用 --password-stdin，并通过管道传入。
question-terms = 服务器要求您接受它的条款。请阅读后使用 --accept-terms。
question-registration-token = 服务器要求注册令牌。请使用 --registration-token。
question-email = 服务器要求电子邮件地址。请使用 --email。
question-phone = 服务器要求电话号码。请使用终端或 --json。
question-code = 服务器发送了验证码。请在终端中或用 --json 输入。
question-callback = 缺少回调地址。请把地址放在标准输入，再次运行同一命令；登录仍在等待它。
question-provider = 缺少：身份提供者。请用 --sso=ID 指定其中之一：
question-provider-wrong = 服务器没有身份提供者“{ $wrong }”。请用 --sso=ID 指定其中之一：
provider = { $id }：{ $name }
question-other-callback = 标准输入中的地址不是这次登录的回调。请复制浏览器最后停留页面的完整地址，并用它再次运行同一命令；登录仍在等待。
prompt-server = 服务器
prompt-username = 用户名
prompt-password = 密码
prompt-password-again = 再次输入密码
prompt-identifier = 用户 ID、电子邮件或电话
prompt-token = 注册令牌
prompt-login-token = 登录令牌
prompt-email = 电子邮件地址
prompt-other-email = 或其他地址
prompt-country = 国家（两个字母，例如 CN）
prompt-number = 电话号码
prompt-code = 验证码
prompt-choice = 您的选择
prompt-retype = 两次密码不同。请重试。
prompt-paste = 或粘贴回调地址
prompt-paste-only = 粘贴回调地址
prompt-open = 按回车键在浏览器中打开 { $host }
prompt-password-of = { $user } 的密码
prompt-waiting = 等待中
choices-yes = [Y/n]
choices-no = [y/N]
choices-yes-or-no = [y/n]
words-yes = y 是
words-no = n 否
hint-server = 服务器名、用户 ID、URL 或 matrix.to 链接
hint-choice = 上下键，或输入编号或文字。回车：选择。Esc：返回。
hint-number = 输入 1 到 { $count } 的编号或文字。回车：第一个。
hint-none-of-them = 没有这一项。请用方向键，或输入 1 到 { $count } 的编号。
hint-yes-or-no = 请输入 y 或 n。
hint-empty = 还没有输入任何内容。Esc：返回。
hint-suggestion = 按回车键使用 { $suggestion }，或输入另一个。
hint-waiting = 等待您打开其中的链接。回车：立即检查。r：重新发送。q：返回。
waiting-for-scan = 正在等待另一台设备扫描（剩余 { $left }）。Esc：返回。
waiting-for-device = 正在等待另一台设备（剩余 { $left }）。Esc：返回。
hint-check-code = 输错会让两台设备都结束。剩余 { $left }。Esc：返回。
no-check-code = 这不可能是校验码：它有两位数字。未作任何尝试。
hint-code = 请输入消息中的验证码。r：重新发送。q：返回。
hint-open = 回车：打开页面。q：返回。剩余 { $minutes } 分钟。
hint-open-or-paste = 回车：打开页面。也可以在别处打开，再把最后停留的地址粘贴到这里。q：返回。剩余 { $minutes } 分钟。
hint-paste = 请在任意浏览器中打开上面的地址，并把最后到达的地址粘贴到这里（剩余 { $minutes } 分钟）。{ $opens ->
    [no] {""}
   *[yes] o：在这里打开。
}q：返回。
hint-page = 等待浏览器（剩余 { $minutes } 分钟）。回车：立即检查。{ $opens ->
    [no] {""}
   *[yes] o：再次打开。
}q：返回。
hint-browser = 等待浏览器（剩余 { $minutes } 分钟）。{ $opens ->
    [no] {""}
   *[yes] o：再次打开。
}q：返回。
hint-browser-or-code = 等待浏览器（剩余 { $minutes } 分钟）。{ $opens ->
    [no] {""}
   *[yes] o：再次打开。
}c：在另一台设备上输入代码。q：返回。
hint-user-code = 等待批准（{ $minutes } 分钟后过期）。回车：检查。c：复制。{ $opens ->
    [no] {""}
   *[yes] o：打开。
}q：返回。
hint-user-code-from-device = 正在等待允许登录（{ $minutes } 分钟内）：之后此设备收不到密钥。Enter：检查。c：复制。q：返回。
hint-user-code-without-keys = 正在等待允许登录（代码将在 { $minutes } 分钟后过期）。Enter：检查。c：复制。q：返回。
hint-browser-for-device = 正在等待新设备。请在 { $minutes } 分钟内允许：之后它仍可登录，但收不到密钥。{ $opens ->
    [no] {""}
   *[yes] o：再次打开。
}q：返回。
hint-no-password-shown = 您的输入不会显示。
browser-opens = 正在浏览器中打开 { $host }。如果没有出现页面，请打开上面的地址。
browser-absent = 这里无法启动浏览器。请在这台或其他设备上打开上面的地址。
browser-forbidden = 因为 --no-browser，没有打开。请自行打开上面的地址。
code-copied = 已请求终端复制代码。有些终端不支持。
code-not-copied = 这个终端不能复制。
checking-now = 正在询问服务器。步骤完成后会自动继续。
checking-already = 已经在询问服务器。步骤完成后会自动继续。
comes-by-itself = 浏览器会自动返回。如果不能，请粘贴它最后停留页面的地址。
typed-no-address = 这既不是地址，也不是下面的按键。
typed-unknown = 这不是下面的按键。
callback-not-ours = 这个地址不属于这次登录。请复制浏览器最后停留页面的完整地址。
elapsed = （{ $seconds } 秒）
opening-store = 正在打开保存的会话…
ask-accept = 接受条款？
choice-provider = 用 { $name } 登录
cancelled-nothing = 已取消。没有创建账号，也没有人登录。
cancelled-resume = 已取消。目前的进度已保存：再次运行同一命令即可继续。
cancelled-in-browser = 登录在浏览器中被取消。请再次运行命令以重新开始。
flags-not-used = 这里没有用到：{ $flags }。浏览器中的页面会询问服务器需要的内容。
flags-not-used-by-token = 这里没有用到：{ $flags }。
token-for-the-page = 如果页面要求注册令牌，请输入这个：{ $token }
next-steps = 接下来：“narthex whoami{ $to }”检查会话，“narthex token{ $to }”为其他程序输出访问令牌，“narthex logout{ $to }”退出登录。
still-signed-in = 会话仍然保存着，您可以稍后退出。“narthex logout --forget{ $to }”在本地移除它。
still-signed-in-everywhere = 这个会话仍然保存着。不清楚哪些会话已结束：请稍后再次运行“narthex logout --everywhere{ $to }”。
not-told = 没有结束任何会话：会话无法从这台电脑移除，因此没有通知服务器。
no-accounts = 没有已登录的账号。请运行“narthex login{ $in }”。
no-such-account = { $account } 没有在这里登录。
several-accounts = 有多个已登录的账号，可能是以下任何一个。请用 --account 指明一个，或用“narthex switch 账号{ $in }”把它设为默认账号：
resuming = { $task ->
    [register] 正在继续 { $server } 上的注册。
    [keep_session] 正在保存 { $server } 授予的会话。
    [sign_out] 正在结束 { $server } 上未使用的会话。
   *[other] 正在继续登录 { $server }。
}
resuming-of = { $task ->
    [register] 正在继续 { $user } 在 { $server } 上的注册。
    [keep_session] 正在保存 { $server } 授予 { $user } 的会话。
    [sign_out] 正在结束 { $user } 在 { $server } 上未使用的会话。
    [confirm_account] 另一台设备已将本设备登录为 { $user }。这还需要确认。
    [adopt_secrets] 正在继续验证 { $user } 的这台设备。
    [await_device] 正在继续登录 { $user } 的另一台设备。
   *[other] 正在继续以 { $user } 登录 { $server }。
}
left-unfinished = { $task ->
    [register] { $server } 上未完成的注册已保留。
    [keep_session] { $server } 授予的一个会话还没有保存。
    [sign_out] 一个没有人使用的会话还没有在 { $server } 上结束。
   *[other] 对 { $server } 的未完成登录已保留。
}
left-unfinished-of = { $task ->
    [register] { $user } 在 { $server } 上未完成的注册已保留。
    [keep_session] { $server } 授予 { $user } 的一个会话还没有保存。
    [sign_out] { $user } 的一个没有人使用的会话还没有在 { $server } 上结束。
    [confirm_account] 另一台设备已将本设备登录为 { $user }，但还没有人确认这是不是您的账号。
    [adopt_secrets] { $user } 的这台设备的验证尚未完成。
    [await_device] { $user } 的另一台设备的登录尚未完成。
   *[other] 以 { $user } 对 { $server } 的未完成登录已保留。
}
which-account = 哪个账号？
default-which = 不带 --account 的命令使用哪个账号？
logout-which = 退出哪个会话？
default-mark = （默认）
ended-mark = （已被服务器结束）
verified-mark = （已验证）
unverified-mark = （未验证）
known-verified = 上次检查时，此设备已验证。
known-unverified = 上次检查时，此设备未验证。“narthex encryption status{ $to }”可再次检查。
unconfirmed-mark = （未确认）
unconfirmed = 另一台设备已将本设备登录为 { $user }，但还没有人确认这是不是您的账号。“{ $again }{ $in }”会询问，“narthex logout{ $to }”会退出登录。
switched = 从现在起，不带 --account 的命令使用 { $account }。
default-stays = 不带 --account 的命令仍然使用默认账号 { $default }。“narthex switch { $account }{ $in }”可以更改。
replaced = 旧会话 { $account } 已退出，由新会话取代。
not-replaced = 旧会话 { $account } 无法退出，它仍然保存着；这个用户下次登录时会再试，“narthex logout{ $to }”也可以。
saved-meanwhile = 在此期间，另一个进程保存了同一用户的另一个会话 { $account }。两个会话都保持登录。
signed-out-over = 已退出 { $user }。服务器之前已结束这个会话。
signed-out-here = { $user } 的会话已在这里移除。没有通知服务器，它可能仍列出这台设备。
over-not-removed = 会话在服务器上已结束，但未能从这台电脑移除。
not-removed = 会话未能从这台电脑移除，服务器可能仍列出这台设备。
nothing-unfinished = 没有未完成的登录。
signed-out = 已在设备 { $device } 上退出 { $user }。
given-up = { $task ->
    [register] 已放弃在 { $server } 上的注册。
    [keep_session] 已结束 { $server } 授予的会话。
    [sign_out] 已结束 { $server } 上未使用的会话。
   *[other] 已放弃登录 { $server }。
}
given-up-of = { $task ->
    [register] 已放弃 { $user } 在 { $server } 上的注册。
    [keep_session] 已结束 { $server } 授予 { $user } 的会话。
    [sign_out] 已结束 { $user } 在 { $server } 上未使用的会话。
    [confirm_account] 已退出 { $user }：没有人确认过这是正确的账号。
    [adopt_secrets] 已放弃验证 { $user } 的这台设备。它仍保持登录。
    [await_device] 已放弃登录 { $user } 的另一台设备。
   *[other] 已放弃以 { $user } 登录 { $server }。
}
still-unfinished = 它仍未完成，您可以用“narthex logout --unfinished{ $in }”再试一次。
status-profile = 配置 { $name }：
status-nobody = 没有已登录的账号。
status-session = { $user }，设备 { $device }，在 { $server } 上
status-lost = 这个会话已经没有任何保存的内容。请重新登录，或运行“narthex logout{ $to }”。
status-ended = 服务器已结束这个会话。请运行“narthex login --again{ $to }”或“narthex logout{ $to }”。
status-expires = 访问令牌在 { $minutes } 分钟后过期。
status-expired = 访问令牌已过期。
status-unknown-life = 服务器没有说明访问令牌何时过期。
status-renews = 可以刷新。
status-renews-not = 无法刷新。
status-runs = 另一个进程正在进行的登录。
status-since = 开始于 { $date }。
status-unfinished-unknown = 无法确定是否有未完成的登录。
status-drop = “narthex logout --unfinished{ $in }”放弃未完成的内容。
left-resume = “{ $command }{ $in }”可以继续。
asked-password = 密码
asked-login-token = 登录令牌
asked-access-token = 访问令牌
asked-passphrase = 口令
asked-address = 回调地址
bad-line-no-input = 缺少{ $what }：标准输入为空。请通过管道传入。
bad-line-empty = { $what }为空。请写在第一行。
bad-line-too-long = { $what }太长。请单独写在第一行。
bad-line-utf-16 = { $what }的编码是 UTF-16。请保存为 UTF-8。
bad-line-not-utf-8 = { $what }不是有效的 UTF-8。请保存为 UTF-8。
bad-line-nul = { $what }包含 NUL 字节。请保存为 UTF-8 纯文本。
bad-line-whitespace = { $what }包含空格，或者后面还有别的行。请单独写在第一行。
bad-line-foreign = { $what }包含令牌中不会出现的字符。请重新复制，并单独写在第一行。
bad-variable = { $why ->
    [empty] 环境变量 { $variable } 为空。请设置它，或者取消设置。
    [too-long] 环境变量 { $variable } 太长。
    [whitespace] 环境变量 { $variable } 包含空格或多行。请只写令牌。
    [foreign] 环境变量 { $variable } 包含令牌中不会出现的字符。请重新复制令牌。
   *[other] 环境变量 { $variable } 不是有效的 UTF-8。
}
no-data-dir = 这个系统没有说明程序在哪里保存数据（没有设置 HOME）。请用 --data-dir 选择目录。
no-homeserver = 设置了 NARTHEX_TOKEN，但没有设置 NARTHEX_HOMESERVER。请把它设为令牌所属的服务器。
token-put-off = 访问令牌未能刷新：{ $why }它在 { $seconds } 秒内仍然有效。
token-busy = 另一个程序正在刷新这个会话。在此之前，这个访问令牌在 { $seconds } 秒内仍然有效。
not-renewable = 服务器没有为这个会话签发刷新令牌，因此无法刷新它的访问令牌。不带 --refresh 时，“narthex token{ $to }”会检查令牌并输出。
not-run = 无法运行 { $program }：{ $error }
bad-output = 无法写入标准输出：{ $error }
timed-out = 按 --timeout 的要求，在 { $seconds } 秒后停止{ $what ->
    [browser] ，当时正在等待浏览器。
    [code] ，当时正在等待在另一台设备上输入代码。
    [confirmation] ，当时正在等待确认。
    [device] ，当时正在等待另一台设备。
    [approval] ，当时正在等待服务器管理员。
    [server] ，当时正在等待服务器响应。
    [limit] ，当时正在等待服务器允许再次尝试。
    [answer] ，当时正在等待您的回答。
   *[other] 。
}
from-environment = 来自环境变量（NARTHEX_TOKEN）：Narthex 不保存这个会话。
still-valid = { $user } 的会话仍然有效；没有做任何操作。
not-used = 没有用到{ $what }。
timed-out-settled = --timeout 的时间（{ $seconds } 秒）已到。Narthex 等待得更久，因为丢失服务器的答复可能会丢失会话。
timed-out-resume = 目前的进度已保存：再次运行同一命令即可继续。
panicked = Narthex 有程序错误，位于 { $place }。请报告。之前保存的内容仍在。
report-written = 报告已写出。其中有服务器和用户的名称，不含密码或令牌。
offer-report = 要报告这个问题，请加上 --report 文件 再次运行命令，并附上该文件。
no-trace = 没有写出跟踪文件：这个命令没有联系服务器。
waiting-for-passphrase = 正在等待管道 { $path } 中的一行内容…
bad-file = 无法使用 { $path }：{ $error }
no-code-in = { $why ->
    [empty] { $path } 是空的。
    [not_a_picture] { $path } 既不是图片（PNG 或 JPEG），也不是 base64，或已损坏。
    [too_large] { $path } 超过 20 MiB 或 2000 万像素。
    [unreadable] { $path } 中的二维码无法读取：不清晰或被部分遮挡。
    [several] { $path } 中有多个内容不同的二维码。请裁出所需的一个。
    [too_busy] { $path } 中有太多看起来像二维码的内容。请裁出二维码。
   *[no_code] 在 { $path } 中没有找到二维码。
}
standard-input = 标准输入
bad-system = 这个系统缺少：{ $what }
replay-unreadable = 无法读取跟踪：{ $error }
replay-malformed = 这不是跟踪文件：请看第 { $line } 行。
replay-version = 跟踪的版本是 { $version }，这个 Narthex 无法重放。
fault-not-found = 没有这个文件或目录
fault-denied = 没有权限
fault-exists = 已经存在
fault-is-a-directory = 这是目录
fault-not-a-directory = 路径中有一部分不是目录
fault-full = 没有空间
fault-read-only = 无法写入
fault-not-utf-8 = 不是 UTF-8 文本
fault-closed = 它已关闭，或者被启动本程序的程序丢弃
replayed = 跟踪可以重放：{ $inputs } 个输入，{ $views } 个界面，全部相同。
settling = 正在等待服务器的响应，会话取决于它。按 Ctrl-C 可立即结束。
replayed-cut = 跟踪在达到大小上限处结束。
replayed-hidden = 此后的内容只在两台设备之间传递，跟踪中没有记录。
replay-differs = 在输入 { $input } 之后，重放与记录不同。
device-seen = 最近出现于 { $date }
device-this = 这台设备
action-not-announced = 服务器没有声明这个操作。链接通往账号页面。
no-account-page = 服务器没有声明账号页面。
not-an-address = 这不是回调地址。
nobody-waits = 没有登录在等待这个地址，它可能已经结束。“narthex login{ $in }”可以开始新的登录。
nobody-answers = 一个正在运行的 Narthex 没有响应。如果它的登录在等待这个地址，请稍后再试。
storage-place = 路径：{ $path }
handler-ours = Narthex 打开 { $scheme }: 地址。
handler-outdated = Narthex 曾从另一个路径打开 { $scheme }: 地址：{ $other }。请再次运行“narthex handler install”。
handler-other = 另一个应用打开 { $scheme }: 地址：{ $other }。
handler-nobody = 没有应用打开 { $scheme }: 地址。
advice-fine = 不需要：可以登录。试试“narthex login { $server }{ $in }”。
advice-register = 用“narthex register { $server }{ $in }”创建账号。

## Another device

question-warning = 两台设备将被连接，必须回应警告。请使用 --yes、终端或 --json。
question-scan = 缺少另一台设备的二维码。请使用 --scan。
question-check-code = 另一台设备显示两位数字。请在终端或用 --json 输入。
question-confirm = 另一台设备指定了需要确认的服务器或账户。请使用 --yes、终端或 --json。
question-consent = 必须在网页上允许新设备。请使用终端或 --json。
question-emoji = 需要有人比较两台设备的表情符号。请使用终端或 --json。
asked-code = 二维码
ask-go-on = 继续吗？
prompt-scanned = 二维码内容（base64），或其图片文件
prompt-check-code = 两位数字
code-does-not-fit = 此终端太小，无法绘制二维码：需要 { $columns } 列和 { $rows } 行。请放大终端并重新开始，使用 --qr-file，或在另一台设备上粘贴以下内容：
code-in-file = 在可以扫描期间，它是 { $file } 中的图片。
choice-open-page = 打开页面
choice-go-on-without = 继续：我自己打开该页面

## Encryption

asked-recovery-key = 恢复密钥
ask-recovery-key = 恢复密钥
ask-verification-request = 这是您刚刚在那里发起的吗？
ask-emoji = 另一台设备是否以相同的顺序显示相同的内容？
verification-await-request = 请在您的另一台设备上开始验证 { $device }。
verification-await-other = 此设备 { $device } 无需验证。请在需要验证的设备上开始：它会向此设备发出请求。
verification-await-device = 已请求您的其他设备验证 { $device }。请在其中一台上接受，或在那里运行“narthex encryption verify”。
verification-requested = 您的设备 { $device } 请求与此设备互相验证。
verification-emoji = 请与 { $device } 显示的内容比较：
waits-for-start = 正在等待另一台设备
waits-for-request = 正在等待请求
waits-for-device = 正在等待回应
waits-for-answer = 正在等待另一台设备上的回答
waits-for-keys = 正在交换账户的密钥
hint-escape = Esc：停止
recovery-key-is = 请妥善保管此恢复密钥。如果丢失所有设备，可用它取回加密消息：
encryption-waits = 正在等待另一个已打开此设备加密的程序（进程 { $pid }）…
next-verify = 下一步：“narthex encryption verify{ $to }”用您的另一台设备验证它，“narthex encryption recover{ $to }”用恢复密钥验证它。
next-set-up = 下一步：“narthex encryption set-up{ $to }”为它创建身份。
encryption-held = 另一个程序已打开此设备的加密（进程 { $pid }）。
    .do = 请关闭它，然后重试。
encryption-other-device = 此处保存的加密属于另一台设备。
    .do = 请退出登录后重新登录。
encryption-no-secrets = 此设备没有账户的密钥。
    .do = 请用另一台设备验证它：“narthex encryption verify{ $to }”；或使用恢复密钥：“narthex encryption recover{ $to }”。
encryption-secrets-do-not-match = 这些密钥不是账户公布的密钥。
    .do = 没有更改任何内容。请检查账户有哪些设备。
encryption-has-identity = 该账户已有身份。
    .do = 请用另一台设备验证此设备：“narthex encryption verify{ $to }”；或使用恢复密钥：“narthex encryption recover{ $to }”。
encryption-has-recovery = 加密已设置，该账户有恢复密钥，它只显示一次。
    .do = 如果您没有它，请生成新的：“narthex encryption set-up --new-recovery-key{ $to }”。旧的恢复密钥随即失效。
encryption-has-backup = 该账户已有消息密钥备份，而此设备没有其密钥。
    .do = 请用设置备份的设备验证此设备：“narthex encryption verify{ $to }”。
encryption-no-identity = 该账户还没有身份。
    .do = 请设置：“narthex encryption set-up{ $to }”。
encryption-no-recovery = 该账户没有恢复密钥。
    .do = 请用另一台设备验证此设备：“narthex encryption verify{ $to }”。
encryption-wrong-recovery-key = 这不是该账户的恢复密钥。
    .do = 请检查后重新输入。
encryption-needs-approval = 服务器要求您先在账户页面上允许：{ $page }
    .do = 请在那里允许，然后重试。
encryption-needs-approval-somewhere = 服务器要求您先允许此操作，但没有说明在哪个页面。
    .do = 请在账户页面上允许，然后重试。
encryption-no-other-device = 该账户没有可用来验证此设备的其他设备。
    .do = 请使用恢复密钥：“narthex encryption recover{ $to }”。
encryption-mismatch = 表情符号不相同：可能有人在窃听。两台设备都没有通过验证。
    .do = 请重试。如再次发生，请不要信任该服务器或另一台设备。
encryption-timed-out = 没有人及时回应，验证已结束。
    .do = 请把两台设备都放在手边，重新开始。
encryption-answered-elsewhere = 您的另一台设备已回应该请求。
    .do = 请在那里继续。
encryption-crossed = 期间收到了另一个验证请求，此次验证因此终止。
    .do = 请重新开始，并先后在两台设备上进行。
encryption-cancelled-there = 验证已在另一台设备上取消。
    .do = 如需要，请重新开始。
encryption-cancelled = 验证已取消（{ $what }）。
    .do = 如需要，请重新开始。
encryption-no-emoji = 另一台设备无法比较表情符号。
    .do = 请用其他方式验证。
encryption-token-not-in-force = 访问令牌不再有效。
    .do = 请更新：“narthex token --refresh{ $to }”。
encryption-refused = 服务器拒绝（{ $status }）。
    .do = 请稍后重试，或询问服务器管理员。
encryption-misbehaved = 服务器的回答无效。
    .do = 请将此告知服务器管理员。
encryption-other = 加密失败：{ $what }
    .do = 请重试。如再次发生，请报告。

emoji =
    .dog = 狗
    .cat = 猫
    .lion = 狮子
    .horse = 马
    .unicorn = 独角兽
    .pig = 猪
    .elephant = 大象
    .rabbit = 兔子
    .panda = 熊猫
    .rooster = 公鸡
    .penguin = 企鹅
    .turtle = 乌龟
    .fish = 鱼
    .octopus = 章鱼
    .butterfly = 蝴蝶
    .flower = 花
    .tree = 树
    .cactus = 仙人掌
    .mushroom = 蘑菇
    .globe = 地球
    .moon = 月亮
    .cloud = 云
    .fire = 火
    .banana = 香蕉
    .apple = 苹果
    .strawberry = 草莓
    .corn = 玉米
    .pizza = 披萨
    .cake = 蛋糕
    .heart = 心
    .smiley = 笑脸
    .robot = 机器人
    .hat = 帽子
    .glasses = 眼镜
    .spanner = 扳手
    .santa = 圣诞老人
    .thumbs-up = 赞
    .umbrella = 伞
    .hourglass = 沙漏
    .clock = 时钟
    .gift = 礼物
    .light-bulb = 灯泡
    .book = 书
    .pencil = 铅笔
    .paperclip = 回形针
    .scissors = 剪刀
    .lock = 锁
    .key = 钥匙
    .hammer = 锤子
    .telephone = 电话
    .flag = 旗帜
    .train = 火车
    .bicycle = 自行车
    .aeroplane = 飞机
    .rocket = 火箭
    .trophy = 奖杯
    .ball = 球
    .guitar = 吉他
    .trumpet = 喇叭
    .bell = 铃铛
    .anchor = 锚
    .headphones = 耳机
    .folder = 文件夹
    .pin = 图钉
