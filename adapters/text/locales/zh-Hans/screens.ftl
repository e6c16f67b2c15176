# 界面、任务和选项。

cancelled = 已取消。
screen-welcome = 哪个服务器？
screen-paused = { $task ->
    [register] 继续在 { $server } 上注册？
    [keep_session] 继续保存 { $server } 上的新会话？
    [sign_out] 继续结束 { $server } 上的会话？
   *[other] 继续登录 { $server }？
}
screen-paused-of = { $task ->
    [register] 继续 { $user } 在 { $server } 上的注册？
    [keep_session] 继续保存 { $user } 在 { $server } 上的新会话？
    [sign_out] 继续结束 { $user } 在 { $server } 上的会话？
    [confirm_account] 另一台设备已将本设备登录为 { $user }，但还没有人确认这是不是您的账号。现在回答吗？选“否”将退出登录。
    [adopt_secrets] 继续验证 { $user } 的这台设备？
    [await_device] 继续登录 { $user } 的另一台设备？
   *[other] 继续以 { $user } 登录 { $server }？
}
screen-busy = 请稍候…
screen-limited = { $server } 正在限制请求频率。{ $seconds } 秒后重试…
screen-problem = 出了问题。
screen-choose = 您想怎样登录 { $server }？
screen-register-form = { $server } 上的新账号
screen-terms = { $server } 要求您接受它的条款。
screen-registration-token = { $server } 要求注册令牌，由它的管理员发放。
screen-address = { $server } 要求您提供{ $medium }。
screen-confirmation = 确认已发送到 { $address }。
screen-in-browser = 请在浏览器中继续：
screen-user-code = 在任意设备上打开这个页面并输入代码：
screen-user-code-picture = 用手机扫描二维码，或在任意设备上打开这个页面，并输入代码：
user-code = 代码：{ $code }
user-code-grouped = 代码：{ $code }（读作 { $grouped }）
screen-awaiting-approval = 您在 { $server } 上的账号 { $username } 已创建。管理员批准后才能登录。
screen-signed-in = 已登录为 { $user }。
screen-session-ended = { $user } 的会话已结束。
    .cause = 服务器退出了这台设备，或会话已过期。
    .do = 请在同一设备上重新登录，或退出登录以移除这里的会话。
screen-signed-out = 已退出 { $user }。
step = 第 { $step } 步，共 { $of } 步：{ $what }
policy = { $name }（{ $version }）：{ $url }
policy-without-version = { $name }：{ $url }
sent-times = { $sent ->
   *[other] 已发送 { $sent } 次。
}
task-find-server = 正在查找 { $server }
task-ask-server = 正在检查 { $server } 支持什么
task-register = 正在 { $server } 上注册
task-check-token = 正在检查注册令牌
task-send-confirmation = 正在请求确认
task-check-confirmation = 正在检查验证码
task-find-page = 正在查找要打开的页面
task-await-callback = 正在为浏览器做准备
task-register-client = 正在向 { $server } 注册这个客户端
task-get-user-code = 正在请求要在另一台设备上输入的代码
task-list-devices = 正在列出设备
task-check-storage = 正在检查能否保存会话
task-sign-in = 正在登录 { $server }
task-keep-session = 正在保存会话
task-check-session = 正在检查会话
task-refresh = 正在刷新访问令牌
task-sign-out = 正在退出登录
task-erase-session = 正在移除会话
task-forget-session = 正在从这台电脑移除会话
stage-dummy = 无
stage-terms = 接受条款
stage-registration-token = 注册令牌
stage-email = 已确认的电子邮件地址
stage-phone = 已确认的电话号码
stage-recaptcha = 浏览器中的验证
stage-other = 浏览器中的页面
medium-email = 电子邮件地址
medium-phone = 电话号码
offer-use-server = 使用其他服务器
offer-create-account = 创建账号
offer-check-username = 检查用户名
offer-register = 注册
offer-accept-terms = 接受条款
offer-use-token = 使用其他令牌
offer-use-email = 使用其他电子邮件地址
offer-use-phone = 使用其他电话号码
offer-resend = 重新发送
offer-enter-code = 输入验证码
offer-open-browser = 再次打开浏览器
offer-check-now = 立即检查
offer-sign-in-with-password = 用密码登录
offer-sign-in-with-sso = 用浏览器登录
offer-sign-in-with-browser = 用浏览器登录
offer-sign-in-with-device-code = 在另一台设备上输入代码
offer-list-devices = 列出设备
offer-manage-account = 在浏览器中管理账号
offer-sign-in-with-token = 用登录令牌登录
offer-sign-in-with-access-token = 用访问令牌登录
offer-retry = 重试
offer-continue = 继续
offer-cancel = 返回
offer-check-session = 检查会话
offer-refresh = 刷新访问令牌
offer-sign-out = 退出登录
offer-forget = 在本地移除
offer-sign-in-again = 重新登录
username-rule = 请使用 a 到 z、0 到 9 以及 . _ = - / +
username-checking = 正在检查…
username-free = 可用
username-suggestion = 试试 { $suggestion }。
device = 设备：{ $device }
homeserver = 主服务器：{ $url }
stored-keyring = 已保存在 { $place }，用系统密钥环中的密钥加密。
stored-passphrase-file = 已保存在 { $place }，用您的口令加密。
stored-key-file = 已保存在 { $place }，用旁边的密钥加密：能读取您文件的人都能使用这个会话。
stored-memory = 未保存：会话随这个程序结束。
server-not-told = 已在本地移除；服务器可能仍列出这台设备。
already-over = 会话早已结束。已在本地移除。
not-saved = 进度没有保存，会随这个程序丢失：
password-strength = { $score ->
    [0] 非常弱
    [1] 弱
    [2] 一般
    [3] 好
   *[4] 强
}
warning-keyboard-row = 键盘上成排的键很容易猜到
warning-keyboard-pattern = 键盘上的短图案很容易猜到
warning-repeated-character = 像“aaa”这样的重复很容易猜到
warning-repeated-part = 像“abcabc”这样的重复比“abc”好不了多少
warning-top10 = 最常用的十个密码之一
warning-top100 = 最常用的一百个密码之一
warning-common = 很多人在用
warning-nearly-common = 与很多人用的密码几乎相同
warning-sequence = 像“abc”或“6543”这样的序列很容易猜到
warning-recent-year = 最近的年份很容易猜到
warning-single-word = 单独一个词很容易猜到
warning-date = 日期往往很容易猜到
warning-single-name = 单独一个名字很容易猜到
warning-common-name = 常见的名字很容易猜到
suggestion-use-a-few-words = 请使用几个互不相关的词
suggestion-no-need-for-symbols = 不需要符号、数字或大写字母
suggestion-add-another-word = 请再加一两个词
suggestion-capitals-help-little = 一个大写字母帮助不大
suggestion-all-capitals-help-little = 全部大写帮助不大
suggestion-reversed-words-help-little = 把词倒过来帮助不大
suggestion-substitutions-help-little = 用“@”代替“a”帮助不大
suggestion-longer-keyboard-pattern = 请使用更长、转折更多的图案
suggestion-avoid-repeats = 请避免重复
suggestion-avoid-sequences = 请避免序列
suggestion-avoid-recent-years = 请避免最近的年份
suggestion-avoid-own-years = 请避免与您有关的年份
suggestion-avoid-own-dates = 请避免与您有关的日期
