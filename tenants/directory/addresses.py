"""Host names: what a request's Host may mean, and where a tenant's own pages are."""

import ipaddress
import re
from urllib.parse import urlsplit

from infra.kernel.context import Context
from tenants.directory.queries import site_row

RESERVED_SLUGS = frozenset(
    (
        "about", "abuse", "account", "accounts", "admin", "administrator", "api", "app", "apps",
        "assets", "atrium", "auth", "autoconfig", "autodiscover", "billing", "blog",
        "broadcasthost", "cdn", "cloud", "console", "dashboard", "demo-admin", "developer",
        "developers", "dev", "dns", "docs", "download", "email", "embed", "files", "forum", "ftp",
        "graphql", "health", "help", "helpdesk", "host", "hosting", "hostmaster", "imap", "info",
        "internal", "intranet", "invoice", "isatap", "localdomain", "localhost", "login", "logout",
        "mail", "mailer-daemon", "marketing", "master", "me", "media", "metrics", "mobile",
        "monitor", "mx", "my", "news", "noc", "nobody", "oauth", "office", "operator", "ops",
        "origin", "owa", "payment", "payments", "platform", "pop", "pop3", "portal", "postmaster",
        "press", "private", "prod", "production", "proxy", "public", "register", "root", "router",
        "sales", "sandbox", "secure", "security", "server", "service", "shop", "signin", "signup",
        "site", "smtp", "sso", "ssl", "staff", "staging", "static", "stats", "status", "store",
        "sub", "sudo", "superuser", "support", "sysadmin", "system", "team", "tenant", "tenants",
        "test", "testing", "tmf-api", "usenet", "user", "users", "vpn", "web", "webmail",
        "webmaster", "widget", "widgets", "wiki", "wpad", "www", "www1", "www2", "xn",
    )
)  # fmt: skip
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SLUG = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")


def host_name(header: str | None) -> str | None:
    """The name in a Host header: lower case, without port and final dot; None for anything odd."""
    if not header or len(header) > 260 or not header.isascii():
        return None
    name, colon, port = header.strip().lower().partition(":")
    if colon and not (port.isdigit() and len(port) <= 5):
        return None
    name = name.removesuffix(".")
    return name if name and all(_LABEL.fullmatch(part) for part in name.split(".")) else None


def base_name(base_url: str) -> str:
    """The installation's own host, without port."""
    return (urlsplit(base_url).hostname or "localhost").lower()


def slug_of(name: str, base: str) -> str | None:
    """The tenant's slug where the name is `<slug>.<base>`, one label deep."""
    slug, dot, rest = name.partition(".")
    return slug if dot and rest == base and _SLUG.fullmatch(slug) else None


def slug_faults(slug: str) -> list[str]:
    """Why a tenant cannot have this slug; empty where it can."""
    if not _SLUG.fullmatch(slug):
        return ["must have 3 to 40 lower-case letters, digits and hyphens, a letter first"]
    # Punycode could spell a look-alike of somebody else's name, and digits for letters nearly so.
    if slug.startswith("xn--") or slug[2:4] == "--":
        return ["must not look like an encoded name"]
    reserved = {word.replace("-", "") for word in RESERVED_SLUGS}
    return ["is reserved"] if not reserved.isdisjoint(_readings(slug)) else []


def _readings(slug: str) -> set[str]:
    """What the eye may take the slug for: without hyphens, with letters for the digits."""
    plain = slug.replace("-", "")
    return {plain, *(plain.translate(str.maketrans("01345", f"o{one}eas")) for one in "il")}


def host_faults(name: str, base: str) -> list[str]:
    """Why a tenant cannot claim this as a host of its own; empty where it can."""
    if host_name(name) != name or "." not in name:
        return ["must be a full host name, in lower case and without a port"]
    try:
        ipaddress.ip_address(name)
    except ValueError:
        pass
    else:
        return ["must be a name, not an address"]
    if name == base or name.endswith(f".{base}") or base.endswith(f".{name}"):
        return ["belongs to this installation"]
    if name.rpartition(".")[2] in {"localhost", "local", "internal", "invalid", "arpa"}:
        return ["is no public name"]
    return []


async def site_url(ctx: Context) -> str:
    """Where this tenant's pages are, from configuration and verified hosts only."""
    base_url = ctx.services.settings.base_url
    parts = urlsplit(base_url)
    row = await site_row(ctx)
    if row is None:
        return str(base_url)
    own = row["host"] or f"{row['slug']}.{parts.netloc}"
    return f"{parts.scheme}://{own}"
