# Two devices, one of which signs the other in.

## Two devices: screens

screen-warning = 只扫描您自己的另一台设备此刻显示的二维码。给您发来二维码的人可能会接管您的账户，或让您登录到他的账户。
screen-warning-link = 另一台设备将获得您账户的完全访问权限：所有消息以及解密它们的密钥。只对您手中的设备继续操作。
screen-warning-existing-scan = 您扫描其二维码的设备将获得您账户的完全访问权限：所有消息以及解密它们的密钥。只扫描您自己的新设备此刻显示的二维码，不要扫描别人发来的。
screen-scanner = 请扫描另一台设备显示的二维码。
screen-qr-code = 请用另一台设备扫描此二维码：
screen-without-encryption = 本程序没有加密功能：此设备将登录，但不会被验证。
screen-check-code = 请在另一台设备上输入此码，然后在那里允许登录：{ $code }
screen-check-code-existing = 请在新设备上输入此码：{ $code }
screen-enter-check-code = 请输入另一台设备显示的两位数字。只有一次机会。
screen-confirm-server = 您选择了 { $server }，而另一台设备在 { $found }。要登录到 { $found } 吗？
screen-consent = 新设备 { $device } 想以 { $user } 的身份登录。请在 { $host } 的页面上允许。
consent-elsewhere = 此页面不在您登录时所用的服务器上：它由新设备给出，可能只是看起来像您服务器的页面。如果您不认识它，请不要在那里输入任何内容，并取消。
screen-in-browser-for-device = 请在浏览器中允许新设备。那里的代码必须与新设备显示的一致：
screen-user-code-from-device = 另一台设备会打开此页面。请检查页面是否显示此代码，或在那里输入它，并允许登录：
user-code-without-keys = 另一台设备已离开，或其时间已到。此设备仍可登录，但收不到密钥：之后需要验证它。
screen-confirm-account = 此设备现已以 { $user } 的身份登录。这是您的账户吗？
screen-linked = 设备 { $device } 已以 { $user } 的身份登录。
linked-verified = 该设备已验证。
linked-unverified = 服务器尚未显示该设备已验证：它还没有完成，或者已在那里退出登录。

## Trust

trust-verified = 此设备已验证，且正在使用您的消息密钥备份。
trust-verified-without-backup = 此设备已验证。此处未使用消息密钥备份。
trust-needs-verification = 此设备尚未验证。
trust-no-identity = 该账户还没有身份，因此无法验证此设备。
trust-cannot-verify-no-encryption = 此设备未验证：本程序没有加密功能。
trust-cannot-verify-no-secrets = 此设备未验证：密钥没有送达。
trust-cannot-verify-secrets-do-not-match = 此设备未验证：收到的密钥不属于该账户。没有使用任何密钥。
trust-cannot-verify-server = 此设备未验证：无法询问服务器，或服务器未接受密钥。
trust-cannot-verify-storage = 此设备未验证：密钥无法保存在此处。

## Two devices: tasks and offers

task-open-rendezvous = 正在准备二维码
task-join-rendezvous = 正在连接另一台设备
task-await-device = 正在等待另一台设备
task-tell-device = 正在通知另一台设备
task-check-device = 正在检查账户中是否有新设备
task-check-secrets = 正在检查此设备的密钥
task-confirm-account = 正在等待您确认账号
task-adopt-secrets = 正在验证此设备
task-share-secrets = 正在向新设备发送密钥
task-await-verification = 正在等待您在新设备上确认账户
offer-show-code = 显示二维码
offer-scan-code = 扫描二维码
offer-understood = 继续
offer-use-code = 使用二维码
offer-confirm = 是
offer-cannot-open = 无法在此打开页面

## Two devices: what can go wrong

refusal-check-code-wrong = 该代码与另一台设备显示的不一致。
    .cause = 输入有误，或另一台设备扫描了二维码。只有一次机会，以防他人猜测。
    .do = 请用新的二维码重新开始。
refusal-cancelled-there = 已在另一台设备上取消。
    .cause = 有人在那里取消了，或程序被关闭。
    .do = 如需要，请重新开始。
refusal-new-device-absent = 您的账户中没有这台新设备。
    .cause = 它说自己已登录：它是在另一个账户中被允许的，或者服务器没有及时显示它。它没有收到任何密钥。
    .do = 请检查页面上登录的是哪个账户。请在新设备上退出登录，然后重新开始。
refusal-other-device = 另一台设备已放弃（{ $reason }）。
    .cause = 它只给出了这个原因。
    .do = 请重新开始。如再次发生，请更新另一台设备上的程序。
other-device-exists = 该账户已有使用此 ID 的设备。
    .cause = 新设备请求的 ID 已被账户中的设备使用。
    .do = 请在新设备上重新开始：它会使用另一个 ID。
other-device-not-found = 另一台设备在账户中看不到此设备。
    .cause = 服务器没有及时在那里显示新设备。没有发送密钥。
    .do = 您已登录。请用其他方式验证此设备。
other-device-unsupported = 另一台设备无法以此方式登录设备。
    .cause = 其程序或服务器不支持。
    .do = 请用其他方式登录。
other-device-unable-to-open = 另一台设备无法打开登录页面。
    .cause = 其用户或程序如此表示。
    .do = 请用其他方式登录，或使用另一台设备。
other-device-expired = 在另一台设备上，登录代码已过期。
    .cause = 没有及时允许登录。
    .do = 请重新开始。
other-device-unexpected = 另一台设备无法理解此设备。
    .cause = 它收到了意外的内容并放弃。
    .do = 请重新开始。如再次发生，请更新两边的程序。
wrong-code-verification = 此二维码用于验证已登录的设备。
    .cause = 这是另一种二维码，不能用于登录。
    .do = 请在另一台设备上选择关联新设备，然后扫描其显示的二维码。
wrong-code-both-new = 显示此码的是一台新设备，而本设备也是新的。
    .cause = 两台设备中必须有一台已登录，由它来登录另一台。
    .do = 请扫描一台已登录设备的码。
wrong-code-both-signed-in = 显示此码的设备已登录，而本设备也已登录。
    .cause = 两台设备中必须有一台是新的，由另一台来登录它。
    .do = 请扫描新设备在登录时显示的码。
wrong-code-newer = 此二维码的类型比本程序所知的更新。
    .cause = 另一台设备上的程序更新。
    .do = 请更新本程序。
wrong-code-link = 此二维码是链接，不是登录码。
    .cause = 它指向网页或 Matrix 中的位置。
    .do = 请扫描另一台设备为登录显示的二维码。
wrong-code-other = 这不是登录码。
    .cause = 它包含其他内容。
    .do = 请扫描另一台设备为登录显示的二维码。
wrong-code-as-text = 二维码被当作文本读取，丢失了部分内容。
    .cause = 登录码包含字节，读取程序将其转成了文本。
    .do = 请用保留字节的程序重新读取图片。
wrong-code-damaged = 此登录码已损坏。
    .cause = 其中一部分缺失或不正确。
    .do = 请重新扫描，或让另一台设备显示新的二维码。
wrong-code-insecure = 此二维码指向不安全的地址。
    .cause = 其地址不是 https。
    .do = 请勿使用。如果来自您自己的服务器，其管理员须设置 https。
expired-rendezvous = 二维码不再有效。
    .cause = 它已过期、输入了错误的校验码，或另一台设备已放弃。
    .do = 请用新的二维码重新开始。
expired-other-device = 另一台设备不再响应。
    .cause = 它应发送的内容没有及时到达。
    .do = 请重新开始。如果新设备已登录，请用其他方式验证它。
missing-cross-signing-keys = 此设备没有账户的密钥。
    .cause = 新设备要用它们来验证，因此此设备无法登录新设备。
    .do = 请在此设备上设置加密或验证此设备，然后重试。
missing-oauth-session = 此会话无法让其他设备登录。
    .cause = 它不是通过 OAuth 2.0（浏览器或代码）登录的，而关联设备需要这一点。
    .do = 请使用浏览器或代码重新登录，或者在新设备上用与此处相同的方式登录，再用此设备验证它。
missing-encryption = 本程序构建时未包含加密功能。
    .cause = 因此它没有密钥：既不能验证设备，也不能向新设备提供账户的密钥。
    .do = 请使用带加密功能的版本。
misbehaviour-insecure-channel = 与另一台设备之间没有安全连接。
    .cause = 回应的不是显示二维码的设备，或另一台设备抢先扫描，或内容在途中被更改。
    .do = 请用新的二维码重新开始，且只用一台设备扫描。
misbehaviour-unexpected-message = 另一台设备发送了意外的内容。
    .cause = 其程序的行为与规范不符。
    .do = 请重新开始。如再次发生，请更新两边的程序。
misbehaviour-secrets-do-not-match = 收到的密钥不属于该账户。
    .cause = 账户公布的是其他密钥。没有使用任何一个。
    .do = 您已登录。请用其他方式验证此设备，并检查账户有哪些设备。
