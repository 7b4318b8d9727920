from tests.tenants.fixtures import acme, house, other
from tests.tenants.providers import issuer, second_issuer

__all__ = ["acme", "house", "issuer", "other", "second_issuer"]
