"""What the small forms have in common."""

from infra.kernel.errors import Fault, Invalid


def given_fields(form: dict[str, str], *names: str) -> dict[str, str]:
    """These fields; raises Invalid naming each that is empty."""
    faults = [Fault(f"/{n}", "missing", "is missing") for n in names if not form.get(n, "").strip()]
    if faults:
        raise Invalid(faults)
    return {name: form[name] if name == "password" else form[name].strip() for name in names}
