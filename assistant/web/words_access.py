"""The labels of signing in and of the account page, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.access.caller import Role
from assistant.access.passwords import MAX_LENGTH, MIN_DIFFERENT, MIN_LENGTH


@dataclass(frozen=True)
class AccessWords:
    """The labels of one language."""

    sign_in: str
    sign_in_lead: str
    name: str
    password: str
    no_account: str
    with_provider: str
    or_: str
    refused: str
    form_expired: str
    provider_failed: str
    no_role: str
    account: str
    role: str
    roles: Mapping[Role, str]
    places: str
    chat: str
    desk: str
    maintain: str
    change_password: str
    old_password: str
    new_password: str
    again: str
    password_rules: str
    passwords_differ: str
    weak_password: str
    old_password_wrong: str
    password_changed: str
    sign_out: str
    sign_out_everywhere: str
    sign_out_hint: str
    forbidden: str
    forbidden_lead: str


ZH_ACCESS = AccessWords(
    sign_in="登录",
    sign_in_lead="供工作人员使用。提问和查阅依据不需要登录。",
    name="用户名",
    password="密码",
    no_account="没有账号或忘记密码，请联系系统管理员。",
    with_provider="使用单位统一身份登录",
    or_="或",
    refused="用户名或密码不正确，或该账号暂时不能登录。请核对后再试；多次输错会锁定一段时间。",
    form_expired="页面已过期，请重新填写。如反复出现，请允许浏览器使用本站的 Cookie。",
    provider_failed="统一身份登录未成功，请重试；仍不成功请联系系统管理员。",
    no_role="身份已确认，但您的账号在本系统没有角色，请联系系统管理员。",
    account="我的账号",
    role="角色",
    roles={
        Role.VISITOR: "访客",
        Role.STAFF: "工作人员",
        Role.MAINTAINER: "维护人员",
        Role.ADMINISTRATOR: "管理员",
    },
    places="可以使用",
    chat="政策问答",
    desk="答复工作台",
    maintain="知识维护",
    change_password="修改密码",
    old_password="当前密码",
    new_password="新密码",
    again="再输一次新密码",
    password_rules=f"{MIN_LENGTH} 至 {MAX_LENGTH} 个字符，至少 {MIN_DIFFERENT} 个不同字符，不含用户名。"
    "用一句话作密码，好记也安全。",
    passwords_differ="两次输入的新密码不一致。",
    weak_password="新密码不符合要求，请另选一个。",
    old_password_wrong="当前密码不正确，或尝试次数过多，请稍后再试。",
    password_changed="密码已修改，其他浏览器上的登录已全部退出。",
    sign_out="退出登录",
    sign_out_everywhere="在所有浏览器上退出",
    sign_out_hint="在别人的电脑上用过，或担心账号被他人使用时，请选此项。",
    forbidden="无权使用",
    forbidden_lead="您的账号无权使用此功能。如工作需要，请联系系统管理员。",
)

EN_ACCESS = AccessWords(
    sign_in="Sign in",
    sign_in_lead="For staff. Asking questions and reading the sources needs no account.",
    name="User name",
    password="Password",
    no_account="No account, or a forgotten password? Ask your administrator.",
    with_provider="Sign in with your organization",
    or_="or",
    refused="The name or the password is wrong, or this account cannot sign in at the moment. Check them and try again; "
    "after several wrong passwords an account is locked for a while.",
    form_expired="This page has expired. Please fill it in again. If this keeps happening, allow cookies of this site.",
    provider_failed="Signing in with your organization failed. Try again, or ask your administrator.",
    no_role="You are known to your organization, but have no role here. Ask your administrator.",
    account="My account",
    role="Role",
    roles={
        Role.VISITOR: "visitor",
        Role.STAFF: "staff",
        Role.MAINTAINER: "maintainer",
        Role.ADMINISTRATOR: "administrator",
    },
    places="You may use",
    chat="Questions and answers",
    desk="Help desk",
    maintain="Maintenance",
    change_password="Change password",
    old_password="Current password",
    new_password="New password",
    again="New password again",
    password_rules=f"{MIN_LENGTH} to {MAX_LENGTH} characters, at least {MIN_DIFFERENT} of them different, without your user "
    "name. A sentence is easy to remember and hard to guess.",
    passwords_differ="The two new passwords differ.",
    weak_password="The new password does not meet these rules. Choose another.",
    old_password_wrong="The current password is wrong, or there were too many tries. Try again later.",
    password_changed="Your password is changed, and every other browser is signed out.",
    sign_out="Sign out",
    sign_out_everywhere="Sign out everywhere",
    sign_out_hint="Use this after working at somebody else's computer, or if somebody else may be using your account.",
    forbidden="Not allowed",
    forbidden_lead="Your account may not use this. If your work needs it, ask your administrator.",
)


def access_words(language: str) -> AccessWords:
    """The labels for a language tag; Chinese for an unknown one."""
    return EN_ACCESS if language == "en" else ZH_ACCESS
