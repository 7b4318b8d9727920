"""The program itself: its layers, each building on those below."""

from backend.commands.examination import Finding
from infra.kernel.layers import Layer, layered
from infra.kernel.registry import Domain


def examine(domains: tuple[Domain, ...]) -> Finding:
    """What lies in which layer; a domain behind one of a higher layer could build on it."""
    layers = layered(domains)
    told = ", ".join(f"{layer} {len(inside)}" for layer, inside in layers.items())
    if climbing := [domain.name for domain in out_of_order(domains, layers)]:
        mend = f"Move them down in backend/domains.py: {', '.join(climbing)}"
        return Finding("layers", "broken", f"domains out of order ({told})", mend)
    return Finding("layers", "good", f"domains: {told}")


def out_of_order(domains: tuple[Domain, ...], layers: dict[Layer, list[Domain]]) -> list[Domain]:
    """Domains that are listed after one of a higher layer."""
    height = {d.name: layer.height for layer, inside in layers.items() for d in inside}
    found, highest = [], 0
    for domain in domains:
        if domain.name in height:
            highest = max(highest, height[domain.name])
            if height[domain.name] < highest:
                found.append(domain)
    return found
