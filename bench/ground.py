"""The servers, processes and tenants that one run of the bench stands on."""

import asyncio
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from backend.parts import provide
from bench import domain, seeds
from infra.embedded.keeper import die_with_parent
from infra.embedded.place import CLONE
from infra.embedded.stack import Addresses, Stack
from infra.kernel.access import Caller
from infra.kernel.config import Settings
from infra.kernel.performing import perform
from infra.kernel.reading import read_list
from infra.kernel.services import Services
from infra.migrations import runner
from tenants import provisioning
from tenants.credentials import queries as credentials
from tenants.signin.authenticator import Authenticator

PASSWORD = "correct horse battery staple"  # noqa: S105  of nobody
ALWAYS = [
    {"weekday": day, "opens": "00:00", "closes": "24:00"}
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
]
START_SECONDS_MAX = 40.0
OPEN_FILES = 10_000


@dataclass
class Firm:
    """A tenant with a desk: an agent, a customer who owns a product with an entitlement."""

    id: UUID
    size: int
    admin: Caller
    admin_key: str
    agent_key: str = ""
    agent_profile: UUID | None = None
    ids: dict[str, str] = field(default_factory=dict)

    def case_body(self, number: int = 0) -> bytes:
        """A case of the customer about the product, as an agent writes it down."""
        return orjson.dumps(
            {
                "subject": f"No light on the router {number}",
                "description": "It went dark yesterday evening, and no restart helped.",
                "contact_id": self.ids["contact"],
                "sold_product_id": self.ids["product"],
                "channel": "phone",
                "category": "hardware",
                "impact": 2,
                "urgency": 2,
            }
        )


@dataclass
class Child:
    """A server process of ours."""

    process: subprocess.Popen[bytes]
    port: int = 0

    @property
    def address(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)

    @property
    def megabytes(self) -> float:
        """Its resident memory."""
        with Path(f"/proc/{self.process.pid}/status").open() as told:
            kilobytes = next(row for row in told if row.startswith("VmRSS:")).split()[1]
        return int(kilobytes) / 1024

    def end(self) -> None:
        """Have it finish, or end it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(8)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)


@dataclass
class Ground:
    """What the paths are measured on."""

    addresses: Addresses
    home: Path
    services: Services
    is_quick: bool
    say: Callable[[str], None]
    firms: list[Firm] = field(default_factory=list)
    children: dict[str, Child] = field(default_factory=dict)

    @property
    def app(self) -> Child:
        return self.children["app"]

    @property
    def floor(self) -> Child:
        return self.children["floor"]

    @property
    def rounds(self) -> int:
        return 2 if self.is_quick else 4

    @property
    def seconds(self) -> float:
        """How long one side of one round is loaded."""
        return 0.8 if self.is_quick else 2.0

    def firm(self, size: int) -> Firm:
        """The tenant with so many cases."""
        return next(firm for firm in self.firms if firm.size == size)

    @asynccontextmanager
    async def superuser(self) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(self.addresses.superuser_dsn)
        try:
            yield connection
        finally:
            await connection.close()

    async def cpu_seconds(self, child: Child) -> float:
        """What the process and the application's database sessions have used so far."""
        async with self.superuser() as connection:
            rows = await connection.fetch(
                "SELECT pid FROM pg_stat_activity WHERE usename = 'app_rw'"
            )
        return sum(_cpu_seconds(pid) for pid in (child.process.pid, *(row["pid"] for row in rows)))

    def environment(self) -> dict[str, str]:
        settings = self.services.settings
        return os.environ | {
            "ATRIUM_OWNER_DSN": self.addresses.owner_dsn,
            "ATRIUM_APP_DSN": self.addresses.app_dsn,
            "ATRIUM_REDIS_URL": self.addresses.redis_url,
            "ATRIUM_DATA_DIR": str(settings.data_dir),
            "ATRIUM_OPERATOR_KEY": settings.operator_key,
            "ATRIUM_SECRET_KEY": settings.secret_key,
            "ATRIUM_RATE_LIMITS": "off",
            "ATRIUM_LOG_LEVEL": "warning",
            "ATRIUM_INLINE_WORKER": "0",
        }

    async def start(
        self, name: str, *arguments: str, more: Mapping[str, str] | None = None
    ) -> Child:
        """Run `python -m …` as a process that ends with this one."""
        me = os.getpid()
        with (self.home / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603, ASYNC220  ourselves, once
                [sys.executable, "-m", *arguments],
                env=self.environment() | dict(more or {}),
                cwd=CLONE,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: die_with_parent(me, signal.SIGKILL),  # noqa: PLW1509
            )
        child = self.children[name] = Child(process)
        return child

    async def serve(self, name: str, factory: str, more: Mapping[str, str] | None = None) -> Child:
        """Serve an application with the server and the event loop that ours has."""
        port = _free_port()
        child = await self.start(
            name, "uvicorn", "--factory", factory, "--port", str(port), "--loop", "uvloop",
            "--http", "httptools", "--no-access-log", "--log-level", "error", "--backlog", "4096",
            "--no-proxy-headers", "--no-server-header", more=more,
        )  # fmt: skip
        child.port = port
        await self._answers(name, child)
        return child

    async def _answers(self, name: str, child: Child) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline and child.process.poll() is None:
            try:
                _, writer = await asyncio.open_connection(*child.address)
                writer.close()
                return
            except OSError:
                await asyncio.sleep(0.05)
        raise RuntimeError(f"{name} did not start:\n{self.last_words(name)}")

    def last_words(self, name: str) -> str:
        """The end of what a process logged."""
        return (self.home / f"{name}.log").read_text(errors="replace")[-3000:]

    async def do(self, firm: Firm, action: str, record_id: Any = None, **body: Any) -> Any:
        """Perform an action as the firm's admin."""
        outcome = await perform(self.services, firm.admin, action, record_id=record_id, body=body)
        return outcome.body

    async def key_of(self, firm: Firm, profile_id: UUID, user_id: UUID, *roles: str) -> str:
        """An API key with these of the profile's roles."""
        async with self.services.system(firm.id, reason="bench") as ctx:
            issued = await credentials.issue(
                ctx, "api_key", lifetime=None, name="bench", user_id=user_id,
                profile_id=profile_id, scopes=["*"], roles=roles,
            )  # fmt: skip
        return issued.token

    async def found(self, slug: str, size: int) -> Firm:
        """A new tenant with its desk, and no cases yet."""
        created = await provisioning.create(
            self.services, slug=slug, name=slug, admin_email="admin@example.com",
            admin_password=PASSWORD, plan="enterprise",
        )  # fmt: skip
        admin = await self.services.get(Authenticator).authenticate(created.api_key)
        firm = Firm(UUID(created.id), size, admin, created.api_key)
        await self._furnish(firm)
        self.firms.append(firm)
        return firm

    async def _furnish(self, firm: Firm) -> None:
        account = await self.do(firm, "accounts.create", name="Harbour Dental", code="HARBOUR")
        company = str(account["id"])
        contact = await self.do(
            firm, "contacts.create", account_id=company, name="Maya", email="maya@example.com"
        )
        calendar = await self.do(firm, "calendars.create", name="Always", zone="UTC", hours=ALWAYS)
        model = await self.do(
            firm, "product_models.create", name="Fibre router", code="R7", kind="hardware"
        )
        contract = await self.do(
            firm, "service_contracts.create", name="Gold", account_id=company,
            starts_on="2020-01-01",
        )  # fmt: skip
        product = await self.do(
            firm, "sold_products.create", name="Router", account_id=company,
            product_model_id=str(model["id"]), contract_id=str(contract["id"]),
        )  # fmt: skip
        entitlement = await self.do(
            firm, "entitlements.create", name="Gold, round the clock", tier="gold",
            contract_id=str(contract["id"]), calendar_id=str(calendar["id"]),
            channels=["portal", "email", "phone"], response_minutes=60, resolution_minutes=480,
            starts_on="2020-01-01",
        )  # fmt: skip
        made = (account, contact, calendar, model, contract, product, entitlement)
        names = ("account", "contact", "calendar", "model", "contract", "product", "entitlement")
        firm.ids = {name: str(row["id"]) for name, row in zip(names, made, strict=True)}
        firm.agent_profile, firm.agent_key = await self.member(firm, "agent_b2b")

    async def member(self, firm: Firm, role: str, name: str = "Agnes") -> tuple[UUID, str]:
        """An employee with this role; profile and key."""
        user = await self.do(
            firm, "users.create", email=f"{os.urandom(5).hex()}@example.com", name=name,
            password=PASSWORD,
        )  # fmt: skip
        profile = await self.do(
            firm, "profiles.create", user_id=str(user["id"]), kind="staff", roles=[role]
        )
        profile_id = UUID(str(profile["id"]))
        return profile_id, await self.key_of(firm, profile_id, UUID(str(user["id"])), role)

    async def list_of(self, firm: Firm, name: str, **query: str) -> list[dict[str, Any]]:
        return (await read_list(self.services, firm.admin, name, query)).data


@asynccontextmanager
async def opened(say: Callable[[str], None], *, quick: bool) -> AsyncIterator[Ground]:
    """Durable servers in a place of their own, gone at the end."""
    _raise_open_files()
    # Open to traverse, closed to list: as root the servers run as a user without rights.
    home = Path(tempfile.mkdtemp(prefix="atrium-bench-"))
    home.chmod(0o711)  # noqa: ASYNC240  before anything runs
    stack = Stack(home, durable=True)
    ground: Ground | None = None
    try:
        addresses = stack.start()
        await runner.migrate(addresses.owner_dsn)
        settings = Settings(
            app_dsn=addresses.app_dsn, owner_dsn=addresses.owner_dsn,
            redis_url=addresses.redis_url, secret_key=PASSWORD,
            operator_key=PASSWORD, data_dir=home / "data", rate_limits=False,
            log_level="warning", statement_seconds_max=120,
        )  # fmt: skip
        services = await Services.open(settings, domain.registry())
        await provide(services)
        ground = Ground(addresses, home, services, quick, say)
        yield ground
    finally:
        if ground is not None:
            for child in ground.children.values():
                child.end()
            await ground.services.close()
        stack.erase()
        shutil.rmtree(home, ignore_errors=True)


async def load_cases(ground: Ground, sizes: list[int]) -> None:
    """A firm for each size, with so many cases."""
    for size in sizes:
        ground.say(f"a tenant for {size:,} cases")
        await ground.found(f"firm-{size}", size)
    began = time.monotonic()
    async with seeds.bulk(ground.addresses.superuser_dsn, "cases", "accounts") as connection:
        for firm in ground.firms:
            await seeds.customers(connection, firm.id)
            await seeds.cases(connection, firm.id, firm.size, UUID(firm.ids["model"]))
    ground.say(f"{sum(sizes):,} cases loaded in {time.monotonic() - began:.0f} s")


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0  # a session that has ended meanwhile
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _raise_open_files() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
