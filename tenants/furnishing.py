"""What this floor puts into a process: who is who, whose a host is, what a plan has room for."""

from infra.kernel.egress import Egress
from infra.kernel.quotas import Quotas
from infra.kernel.ratelimit import RateLimiter
from infra.kernel.services import Services
from tenants.directory.hosts import Hosts
from tenants.directory.quotas import PlanQuotas
from tenants.oidc.provider import Providers
from tenants.passwords import Hashing
from tenants.signin.authenticator import Authenticator


def furnish(services: Services) -> Authenticator:
    """Provide this floor's parts; what is there already (the way out, the limiter) is shared."""
    _provide_missing(services)
    services.provide(Hosts(services.database, services.settings))
    services.provide(Hashing())
    services.provide(Providers(services.get(Egress), services.settings))
    services.provide(PlanQuotas(), as_type=Quotas)
    authenticator = Authenticator(services)
    services.provide(authenticator)
    services.callers = authenticator
    return authenticator


def _provide_missing(services: Services) -> None:
    try:
        services.get(Egress)
    except LookupError:
        services.provide(Egress(services.settings))
    try:
        services.get(RateLimiter)
    except LookupError:
        services.provide(RateLimiter(services.redis, enabled=services.settings.rate_limits))
