from tests.tenants.fixtures import acme, house, other

__all__ = ["acme", "house", "other"]
