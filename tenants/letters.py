"""The mails that let people in, in their own language.

Links are built from the installation's configured address and the tenant's verified host. Nothing
of the request that caused the letter (Host, X-Forwarded-Host) can change where it points.
"""

from urllib.parse import quote

from infra.kernel.context import Context
from infra.kernel.mail import queue_mail
from tenants.directory.addresses import site_url
from tenants.directory.queries import site_row
from tenants.people.models import User

_INVITATION = {
    "en": (
        "You are invited to {tenant}",
        """Hello {name},

{tenant} has an account for you. Choose a password here, within seven days:

{link}

If you did not expect this, you need not do anything.
""",
    ),
    "de": (
        "Ihre Einladung zu {tenant}",
        """Guten Tag {name},

{tenant} hat ein Konto für Sie angelegt. Wählen Sie hier innerhalb von sieben Tagen ein Passwort:

{link}

Wenn Sie das nicht erwartet haben, müssen Sie nichts tun.
""",
    ),
}
_RESET = {
    "en": (
        "Choose a new password for {tenant}",
        """Hello {name},

somebody asked for a new password for your account at {tenant}.
If it was you, choose one here, within one hour:

{link}

If it was not you, your password stays as it is.
""",
    ),
    "de": (
        "Ein neues Passwort für {tenant}",
        """Guten Tag {name},

jemand hat ein neues Passwort für Ihr Konto bei {tenant} angefordert.
Wenn Sie das waren, wählen Sie es hier innerhalb einer Stunde:

{link}

Wenn nicht, bleibt Ihr Passwort, wie es ist.
""",
    ),
}
_CHANGED = {
    "en": (
        "Your password for {tenant} was changed",
        """Hello {name},

the password of your account at {tenant} was changed just now, and you were signed out everywhere.
If that was not you, ask for a new one here:

{link}
""",
    ),
    "de": (
        "Ihr Passwort für {tenant} wurde geändert",
        """Guten Tag {name},

das Passwort Ihres Kontos bei {tenant} wurde soeben geändert, und Sie wurden überall abgemeldet.
Wenn Sie das nicht waren, fordern Sie hier ein neues an:

{link}
""",
    ),
}


async def send_invitation(ctx: Context, user: User, token: str) -> None:
    """Mail the key that lets an invited person choose a password."""
    await _send(ctx, user, _INVITATION, f"/auth/accept-invitation?token={quote(token)}")


async def send_reset(ctx: Context, user: User, token: str) -> None:
    """Mail the key that lets a person choose a new password."""
    await _send(ctx, user, _RESET, f"/auth/reset?token={quote(token)}")


async def send_changed(ctx: Context, user: User) -> None:
    """Tell a person that their password is another one now."""
    await _send(ctx, user, _CHANGED, "/auth/forgot")


async def _send(ctx: Context, user: User, words: dict[str, tuple[str, str]], path: str) -> None:
    subject, text = words.get(user.locale.partition("-")[0], words["en"])
    site = await site_row(ctx)
    values = {"tenant": _plain(site["name"] if site else ""), "name": _plain(user.name)}
    link = await site_url(ctx) + path
    await queue_mail(
        ctx,
        user.email,
        subject.format(**values),
        text.format(**values, link=link),
        kind="users",
        record_id=user.id,
        sender_name=values["tenant"],
    )


def _plain(text: str) -> str:
    """One line, whatever was typed: names must not become headers or links."""
    return " ".join(text.replace("://", " ").split())
