from tests.kernel.conftest import kernel_settings, library, tenant
from tests.tenants.fixtures import acme, house, other
from tests.tenants.providers import issuer, second_issuer

__all__ = [
    "acme",
    "house",
    "issuer",
    "kernel_settings",
    "library",
    "other",
    "second_issuer",
    "tenant",
]
