"""How alike two records are: pure functions over what identifies them."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any
from uuid import UUID

import phonenumbers
from rapidfuzz import fuzz

TOKENS_MOST = 6
TAIL_DIGITS = 7
LEGAL_FORMS = frozenset(
    (
        "ab", "ag", "aps", "as", "asa", "bv", "co", "company", "corp", "corporation", "eg", "gbr",
        "gmbh", "inc", "incorporated", "kg", "kk", "limited", "llc", "llp", "ltd", "mbh", "nv",
        "oy", "oyj", "plc", "pte", "pty", "sa", "sarl", "sas", "se", "sl", "spa", "spzoo", "srl",
        "the", "und", "and", "et", "ug",
    )
)  # fmt: skip
_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th",
        "ı": "i", "ħ": "h", "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e",
        "ж": "zh", "з": "z", "и": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
        "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts",
        "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
        "я": "ya", "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i",
        "θ": "th", "ι": "i", "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o",
        "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch",
        "ψ": "ps", "ω": "o",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Address:
    """Where somebody is, as far as it is compared."""

    line1: str
    postal_code: str = ""
    city: str = ""
    country: str = ""


@dataclass(frozen=True)
class Traits:
    """What identifies a record."""

    id: UUID | None
    name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    label: str = ""
    number: str | None = None


@dataclass(frozen=True)
class Likeness:
    """How alike, and by which signs."""

    score: int
    reasons: tuple[str, ...] = field(default=())


def plain(text: str) -> str:
    """The text in plain lower-case Latin letters and digits, words apart by single blanks."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+", bare.translate(_LETTERS)))


def name_words(name: str) -> list[str]:
    """The words that tell one name from another: legal forms are left out, if anything is left."""
    words = plain(name).split()
    telling = [word for word in words if word not in LEGAL_FORMS]
    return telling or words


def skeleton(word: str) -> str:
    """A word without what is misheard and mistyped: vowels but the first letter, h, doubles."""
    kept = word[:1] + re.sub(r"[aeiouyhw]", "", word[1:])
    kept = kept.replace("ck", "k").replace("z", "s").replace("c", "k")
    return re.sub(r"(.)\1+", r"\1", kept)


def plain_email(email: str, *, ignore_tags: bool = True) -> str:
    """The mailbox behind an address: without a tag, and at Google without dots."""
    local, _, host = email.casefold().strip().rpartition("@")
    if ignore_tags:
        local = local.split("+", 1)[0]
        if host in {"gmail.com", "googlemail.com"}:
            local, host = local.replace(".", ""), "gmail.com"
    return f"{local}@{host}"


def e164(phone: str, country: str | None) -> str | None:
    """The number in its international form, or None where it is none."""
    try:
        parsed = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def keys_of(traits: Traits) -> list[str]:
    """What this record shares with whoever it may be: digests, so that a key tells nobody."""
    signs = {f"e{plain_email(email)}" for email in traits.emails}
    for phone in traits.phones:
        digits = re.sub(r"\D", "", phone)
        if len(digits) >= TAIL_DIGITS:
            signs.add(f"p{digits[-TAIL_DIGITS:]}")
    words = sorted({skeleton(word) for word in name_words(traits.name)})[:TOKENS_MOST]
    if len(words) == 1:
        signs.add(f"n{words[0]}")
    signs.update(f"n{one} {other}" for one, other in combinations(words, 2))
    for address in traits.addresses:
        number = "".join(re.findall(r"\d+", address.line1)[:1])
        code = plain(address.postal_code).replace(" ", "")
        place = code or skeleton(plain(address.city).replace(" ", ""))
        if place:
            signs.add(f"a{place} {number}")
    return sorted(digest(sign) for sign in signs)


def digest(sign: str) -> str:
    """A key of its own for each kind of sign."""
    return sign[0] + hashlib.blake2b(sign.encode(), digest_size=12).hexdigest()


def likeness(
    one: Traits, other: Traits, conditions: Iterable[Mapping[str, Any]], country: str | None
) -> Likeness:
    """The sum of the weights of the signs that agree, each times how well it does."""
    score, reasons = 0.0, []
    for condition in conditions:
        alike = _alike(one, other, condition, country)
        if alike >= condition.get("at_least", 0.9):
            score += condition.get("weight", 100) * alike
            reasons.append(str(condition["match"]))
    return Likeness(round(score), tuple(dict.fromkeys(reasons)))


def _alike(one: Traits, other: Traits, condition: Mapping[str, Any], country: str | None) -> float:
    match condition["match"]:
        case "email":
            tags = bool(condition.get("ignore_tags"))
            mine = {plain_email(e, ignore_tags=tags) for e in one.emails}
            theirs = {plain_email(e, ignore_tags=tags) for e in other.emails}
            return float(not mine.isdisjoint(theirs))
        case "phone":
            numbers = {found for p in one.phones if (found := e164(p, country))}
            return float(not numbers.isdisjoint(e164(p, country) for p in other.phones))
        case "name":
            return name_likeness(one.name, other.name)
        case _:
            pairs = ((a, b) for a in one.addresses for b in other.addresses)
            return max((address_likeness(a, b) for a, b in pairs), default=0.0)


def name_likeness(one: str, other: str) -> float:
    """0 to 1, whatever the order of the words."""
    mine, theirs = name_words(one), name_words(other)
    if not mine or not theirs:
        return 0.0
    return fuzz.token_sort_ratio(" ".join(mine), " ".join(theirs)) / 100


def address_likeness(one: Address, other: Address) -> float:
    """0 to 1; another country, postal code or house number is another address."""
    if one.country and other.country and one.country != other.country:
        return 0.0
    codes = plain(one.postal_code), plain(other.postal_code)
    if all(codes) and codes[0] != codes[1]:
        return 0.0
    if set(re.findall(r"\d+", one.line1)) != set(re.findall(r"\d+", other.line1)):
        return 0.0
    street = fuzz.token_sort_ratio(_street(one.line1), _street(other.line1)) / 100
    if all(codes):
        return street
    return (street + fuzz.ratio(plain(one.city), plain(other.city)) / 100) / 2


def _street(line: str) -> str:
    words = plain(line)
    words = re.sub(r"strasse\b|str\b", " street", words)
    words = re.sub(r"\b(st|strasse|straat|rd|road|ave|avenue)\b", "street", words)
    return re.sub(r"\d+", "", words)
