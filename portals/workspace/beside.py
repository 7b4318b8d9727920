"""What stands beside a case: who asks, what they own, and what they are owed and why."""

import asyncio
from collections.abc import Iterable
from typing import Any

from portals.faults import Say
from portals.words import noted
from portals.workspace.clocks import clock_of
from portals.workspace.inbox import OPEN, address_of
from portals.workspace.reader import Reader, Row

_CASES_MOST = "6"
_VERDICTS = {
    "chosen": noted("chosen, because it is the most specific that holds"),
    "less_specific": noted("holds too, but another is more specific"),
    "other_customer": noted("names another customer, contract or product"),
    "not_active": noted("is not active"),
    "not_yet": noted("has not begun yet"),
    "expired": noted("has ended"),
    "contract_over": noted("comes from a contract that is not in force"),
}
_SCOPES = {
    "asset": noted("For this very device"),
    "sold_product": noted("For this very product"),
    "product_model": noted("For this kind of product"),
    "contract": noted("By the contract"),
    "account": noted("For the whole company"),
    "consumer": noted("For this person"),
}
_SHORTFALLS = {
    "none": noted("No active entitlement fits this case."),
    "expired": noted("The entitlement that would fit has ended."),
    "uncovered_channel": noted("The entitlement does not cover this channel."),
    "outside_hours": noted("The entitlement does not cover this hour."),
    "exhausted": noted("The units of the entitlement are used up."),
}
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = (
    noted("Mon"), noted("Tue"), noted("Wed"), noted("Thu"), noted("Fri"), noted("Sat"),
    noted("Sun"),
)  # fmt: skip


async def beside(reader: Reader, case: Row, say: Say) -> dict[str, Any]:
    """The columns `customer`, `entitlement` and `products` of the case page."""
    told = await reader.ask("cases.context", case["id"]) or {}
    entitled = told.get("entitlement") or {}
    whole, others = await asyncio.gather(
        reader.maybe("entitlements", entitled.get("id"), "calendar"), open_cases(reader, case)
    )
    return {
        "customer": customer_of(told, others, say),
        "entitlement": entitlement_of(told, whole or entitled, case, say),
        "products": [
            {
                "name": each["name"],
                "url": None,
                "detail": each.get("serial_number"),
                "state": each["state"],
                "on_case": str(each["id"]) == str(case.get("sold_product_id")),
            }
            for each in _on_case_first(told.get("products") or (), case)
        ],
    }


async def open_cases(reader: Reader, case: Row) -> list[Row]:
    """What else the same customer has open with us."""
    for column in ("contact_id", "consumer_id", "account_id"):
        if case.get(column):
            query = {column: str(case[column]), "state[in]": ",".join(OPEN), "limit": _CASES_MOST}
            rows = await reader.rows("cases", query)
            return [
                {"number": row["number"], "url": address_of(row), "subject": row["subject"],
                 "state": row["state"]}
                for row in rows
            ]  # fmt: skip
    return []


def customer_of(told: Row, others: list[Row], say: Say) -> Row | None:
    """The person, with their company; the company where no person is known."""
    parties = {kind: told.get(kind) for kind in ("contact", "consumer", "account")}
    kind = next((kind for kind, party in parties.items() if party), None)
    if kind is None:
        return None
    person, account = parties[kind] or {}, parties["account"]
    facts = []
    if account and kind != "account":
        url = f"/workspace/customers/accounts/{account['id']}"
        facts.append({"label": say("Account"), "text": account["name"], "url": url})
    facts += [
        {"label": label, "text": person[name], "url": None}
        for name, label in (
            ("number", say("Number")),
            ("email", say("Email")),
            ("phone", say("Phone")),
        )
        if person.get(name)
    ]
    return {
        "name": person["name"],
        "url": f"/workspace/customers/{kind}s/{person['id']}",
        "detail": account["name"] if account and kind == "contact" else None,
        "email": person.get("email"),
        "phone": person.get("phone"),
        "facts": facts,
        "open_cases": others,
    }


def entitlement_of(told: Row, entitled: Row, case: Row, say: Say) -> Row:
    """What is owed: the level, its times, and why this one and no other."""
    status = told.get("entitlement_status") or case["entitlement_status"]
    contract = told.get("contract")
    short = _SHORTFALLS.get(status)
    unknown = status == "none" and not any(case.get(f"{k}_id") for k in ("account", "consumer"))
    return {
        "state": "entitled" if status == "verified" else
                 "unverified" if unknown else "not_entitled",
        "name": entitled.get("name"),
        "detail": say(short) if short else None,
        "clocks": [clock_of(sla, say) for sla in told.get("slas") or ()],
        "contract": contract and {
            "number": contract["name"], "url": None, "valid_to": contract.get("ends_on"),
        },
        "facts": _terms(entitled, say),
        "reasons": _reasons(told.get("entitlement_explanation") or (), say),
    }  # fmt: skip


def _terms(entitled: Row, say: Say) -> list[Row]:
    if not entitled:
        return []
    covered = [str(each) for each in entitled.get("channels") or ()]
    facts = [{"label": say("Level"), "text": str(entitled.get("tier", "")).capitalize()}]
    calendar = entitled.get("calendar")
    if calendar or not entitled.get("calendar_id"):
        facts.append({"label": say("Hours"), "text": hours_of(calendar, say)})
    words = ", ".join(say(_CHANNELS.get(each, each)) for each in covered) or say("All channels")
    facts.append({"label": say("Covers"), "text": words})
    return facts


_CHANNELS = {
    "web": noted("web"), "portal": noted("portal"), "widget": noted("website"),
    "email": noted("email"), "chat": noted("chat"), "phone": noted("phone"), "api": noted("API"),
}  # fmt: skip


def hours_of(calendar: Row | None, say: Say) -> str:
    """Opening hours in a line: equal days next to each other are one span."""
    if not calendar:
        return say(noted("Day and night"))
    windows = {
        _WEEK.index(each["weekday"]): f"{_short(each['opens'])}–{_short(each['closes'])}"
        for each in calendar.get("hours") or ()
    }
    runs: list[tuple[int, int, str]] = []
    for day in sorted(windows):
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == windows[day]:
            runs[-1] = (runs[-1][0], day, windows[day])
        else:
            runs.append((day, day, windows[day]))
    spans = [
        f"{say(_DAYS[first])}{f'–{say(_DAYS[last])}' if last > first else ''} {window}"
        for first, last, window in runs
    ]
    return f"{', '.join(spans)} ({calendar['zone']})" if spans else say(noted("Closed"))


def _short(time: Any) -> str:
    return str(time)[:5]


def _reasons(explanation: Iterable[Row], say: Say) -> list[Row]:
    told = []
    for each in explanation:
        verdict = _VERDICTS.get(each.get("verdict", ""))
        scope = _SCOPES.get(each.get("scope", ""))
        told.append(
            {
                "name": each["name"],
                "text": say(verdict) if verdict else each.get("reason", ""),
                "scope": say(scope) if scope else None,
                "chosen": each.get("verdict") == "chosen",
            }
        )
    return told


def _on_case_first(products: Iterable[Row], case: Row) -> list[Row]:
    return sorted(products, key=lambda each: str(each["id"]) != str(case.get("sold_product_id")))
