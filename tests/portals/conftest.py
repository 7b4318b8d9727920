from tests.portals.screen import chromium, server

__all__ = ["chromium", "server"]
