"""The customer's and the agent's words for what the records call by code.

Every word here is a message of the catalogues: pages translate it when they show it. A code that
nobody has put into words yet is shown as its own sentence (`waiting_for_parts` reads "Waiting for
parts"), so a new state never breaks a page.
"""

from typing import NamedTuple

from portals.noting import noted as noted
from portals.vocabulary import SETUP_CODES, SETUP_FIELDS, SETUP_VERBS


class Word(NamedTuple):
    """A state as it is said, and the dot that goes with it."""

    text: str
    dot: str


STATES = {
    "draft": Word(noted("Draft"), "draft"),
    "new": Word(noted("New"), "new"),
    "open": Word(noted("Open"), "open"),
    "assigned": Word(noted("Assigned"), "open"),
    "in_progress": Word(noted("In progress"), "open"),
    "reopened": Word(noted("Reopened"), "open"),
    "pending": Word(noted("Pending"), "waiting"),
    "waiting": Word(noted("Waiting"), "waiting"),
    "waiting_customer": Word(noted("Waiting for customer"), "waiting"),
    "awaiting_customer": Word(noted("Waiting for customer"), "waiting"),
    "waiting_for_customer": Word(noted("Waiting for customer"), "waiting"),
    "waiting_internal": Word(noted("Waiting for a colleague"), "waiting"),
    "on_hold": Word(noted("On hold"), "waiting"),
    "escalated": Word(noted("Escalated"), "bad"),
    "resolved": Word(noted("Resolved"), "done"),
    "closed": Word(noted("Closed"), "done"),
    "cancelled": Word(noted("Cancelled"), "draft"),
    "active": Word(noted("Active"), "done"),
    "inactive": Word(noted("Inactive"), "draft"),
    "archived": Word(noted("Archived"), "draft"),
    "expired": Word(noted("Expired"), "bad"),
    "planned": Word(noted("Planned"), "new"),
    "in_use": Word(noted("In use"), "done"),
    "in_repair": Word(noted("In repair"), "waiting"),
    "in_review": Word(noted("In review"), "waiting"),
    "review": Word(noted("In review"), "waiting"),
    "published": Word(noted("Published"), "done"),
    "retired": Word(noted("Retired"), "draft"),
    "available": Word(noted("Available"), "done"),
    "away": Word(noted("Away"), "waiting"),
    "offline": Word(noted("Offline"), "draft"),
    "entitled": Word(noted("Entitled"), "done"),
    "not_entitled": Word(noted("Not covered"), "bad"),
    "unverified": Word(noted("Not checked yet"), "draft"),
    "verified": Word(noted("Entitled"), "done"),
    "none": Word(noted("Not covered"), "bad"),
    "uncovered_channel": Word(noted("Channel not covered"), "bad"),
    "outside_hours": Word(noted("Outside support hours"), "bad"),
    "exhausted": Word(noted("Units used up"), "bad"),
    "met": Word(noted("Met"), "done"),
    "breached": Word(noted("Missed"), "bad"),
    "paused": Word(noted("Paused"), "waiting"),
    "running": Word(noted("Running"), "open"),
    "ended": Word(noted("Ended"), "draft"),
    "void": Word(noted("Void"), "draft"),
    "under_warranty": Word(noted("Under warranty"), "done"),
    "in_warranty": Word(noted("Under warranty"), "done"),
    "covered": Word(noted("Under warranty"), "done"),
    "lost": Word(noted("Lost"), "bad"),
    "invited": Word(noted("Invited"), "waiting"),
    "suspended": Word(noted("Suspended"), "bad"),
    "dead": Word(noted("Given up"), "bad"),
    "done": Word(noted("Done"), "done"),
    "failed": Word(noted("Failed"), "bad"),
    "in_maintenance": Word(noted("In maintenance"), "waiting"),
    "queued": Word(noted("Waiting for its turn"), "waiting"),
    "removed": Word(noted("Removed"), "draft"),
    "retrying": Word(noted("Trying again"), "waiting"),
    "skipped": Word(noted("Left out"), "draft"),
    "stopped": Word(noted("Stopped"), "bad"),
    "undone": Word(noted("Undone"), "draft"),
}

# What the customer reads where the agent's word would say too much or mean nothing.
CUSTOMER_STATES = {
    "draft": Word(noted("Not sent yet"), "draft"),
    "new": Word(noted("We have it"), "new"),
    "open": Word(noted("We are on it"), "open"),
    "assigned": Word(noted("We are on it"), "open"),
    "in_progress": Word(noted("We are on it"), "open"),
    "reopened": Word(noted("We are on it again"), "open"),
    "escalated": Word(noted("We are on it"), "open"),
    "pending": Word(noted("Needs you"), "waiting"),
    "waiting": Word(noted("Needs you"), "waiting"),
    "waiting_customer": Word(noted("Needs you"), "waiting"),
    "awaiting_customer": Word(noted("Needs you"), "waiting"),
    "waiting_for_customer": Word(noted("Needs you"), "waiting"),
    "on_hold": Word(noted("Waiting for someone else"), "waiting"),
    "resolved": Word(noted("Solved, to check"), "done"),
    "active": Word(noted("Working"), "done"),
}

PRIORITIES = {
    1: noted("Critical"),
    2: noted("High"),
    3: noted("Normal"),
    4: noted("Low"),
    5: noted("Lowest"),
}

# Channels as the end of "by …".
CHANNELS = {
    "email": noted("by email"),
    "mail": noted("by email"),
    "phone": noted("by phone"),
    "chat": noted("by chat"),
    "portal": noted("through the portal"),
    "web": noted("through the website"),
    "widget": noted("through the website"),
    "api": noted("through a connected system"),
    "internal": noted("by a colleague"),
}

VERBS = SETUP_VERBS | {
    "accept": noted("Accept"),
    "assign": noted("Assign"),
    "attach_article": noted("Attach to the case"),
    "assign_to_me": noted("Take it"),
    "cancel": noted("Cancel"),
    "close": noted("Close"),
    "end_chat": noted("End the chat"),
    "escalate": noted("Escalate"),
    "hold": noted("Put on hold"),
    "open_case": noted("Make a case of it"),
    "publish": noted("Publish"),
    "reopen": noted("Open again"),
    "request_review": noted("Ask for review"),
    "resolve": noted("Resolve"),
    "retire": noted("Retire"),
    "start": noted("Start work"),
    "unassign": noted("Give back"),
    "wait": noted("Wait for customer"),
    "wait_for_customer": noted("Wait for customer"),
    "appoint_head": noted("Make head"),
    "make_primary": noted("Make primary"),
    "leave": noted("Remove"),
    "end": noted("End"),
    "delete": noted("Delete"),
    "void": noted("Void"),
    "read": noted("Read"),
    "create": noted("Enter"),
    "update": noted("Change"),
    "comment": noted("Write to the customer"),
    "note": noted("Add a note"),
    "submit": noted("Submit"),
    "rate": noted("Rate"),
    "merge": noted("Merge"),
    "unmerge": noted("Take it out again"),
    "sign_out_everywhere": noted("Sign out everywhere"),
    "suspend": noted("Suspend"),
    "resume": noted("Resume"),
    "revoke": noted("Revoke"),
    "grant_role": noted("Give a role"),
    "revoke_role": noted("Take a role"),
}

FIELDS = SETUP_FIELDS | {
    "account": noted("Account"),
    "assignee": noted("Assigned to"),
    "audience": noted("Audience"),
    "base": noted("Knowledge base"),
    "channel": noted("Channel"),
    "code": noted("Code"),
    "contact": noted("Contact"),
    "created_at": noted("Opened"),
    "customer": noted("Customer"),
    "due": noted("Due"),
    "email": noted("Email"),
    "entitlement_status": noted("Entitlement"),
    "kind": noted("Kind"),
    "name": noted("Name"),
    "number": noted("Number"),
    "open_cases": noted("Open cases"),
    "priority": noted("Priority"),
    "product": noted("Product"),
    "q": noted("Words"),
    "reason": noted("Why"),
    "resolution": noted("What solved it"),
    "state": noted("State"),
    "subject": noted("Subject"),
    "title": noted("Title"),
    "updated_at": noted("Changed"),
    "account_id": noted("Account"),
    "consumer": noted("Consumer"),
    "consumer_id": noted("Consumer"),
    "contact_id": noted("Contact"),
    "parent": noted("Below"),
    "parent_id": noted("Below"),
    "path": noted("Place in the tree"),
    "is_customer": noted("Customer of ours"),
    "is_partner": noted("Partner"),
    "phone": noted("Phone"),
    "mobile": noted("Mobile"),
    "website": noted("Website"),
    "industry": noted("Industry"),
    "notes": noted("Notes"),
    "department": noted("Department"),
    "preferred_channel": noted("Preferred way"),
    "locale": noted("Language"),
    "zone": noted("Time zone"),
    "responsibility": noted("Responsibility"),
    "responsibility_id": noted("Responsibility"),
    "ends_on": noted("Until"),
    "starts_on": noted("From"),
    "profile": noted("Person"),
    "profile_id": noted("Colleague"),
    "kinship": noted("Relationship"),
    "related_account": noted("Other account"),
    "related_account_id": noted("Other account"),
    "type_id": noted("Relationship"),
    "reference": noted("Reference"),
    "is_entitled": noted("Entitled"),
    "household": noted("Household"),
    "is_primary": noted("Primary"),
    "primary": noted("Primary"),
    "is_head": noted("Head"),
    "representative": noted("Representative"),
    "representative_id": noted("Representative"),
    "location": noted("Location"),
    "location_id": noted("Location"),
    "currency": noted("Currency"),
    "payment_days": noted("Days to pay"),
    "invoice_delivery": noted("Invoices go out"),
    "invoice_email": noted("Address for invoices"),
    "is_default": noted("Default"),
    "bills_to_parent": noted("Billed with what is above"),
    "basis_points": noted("Share"),
    "product_model": noted("Product model"),
    "product_model_id": noted("Product model"),
    "serial_number": noted("Serial number"),
    "asset_tag": noted("Tag"),
    "asset": noted("Asset"),
    "asset_id": noted("Asset"),
    "warranty_status": noted("Warranty"),
    "warranty_ends_on": noted("Warranty until"),
    "purchased_on": noted("Bought"),
    "installed_on": noted("Installed"),
    "ended_on": noted("Ended"),
    "quantity": noted("Quantity"),
    "contract": noted("Contract"),
    "contract_id": noted("Contract"),
    "service_offering": noted("Service offering"),
    "install_base_item": noted("Installed item"),
    "install_base_item_id": noted("Installed item"),
    "sold_product": noted("Sold product"),
    "sold_product_id": noted("Sold product"),
    "configuration": noted("Configuration"),
    "configuration_id": noted("In which way"),
    "configuration_item_id": noted("Configuration item"),
    "ci_class": noted("Class"),
    "needed": noted("Needs"),
    "needed_id": noted("Needs"),
    "item": noted("Needed by"),
    "manufacturer": noted("Manufacturer"),
    "description": noted("Description"),
    "months": noted("Months"),
    "coverage": noted("Covers"),
    "product_warranty_id": noted("Warranty of the model"),
    "tier": noted("Level"),
    "purpose": noted("Purpose"),
    "line1": noted("Street"),
    "postal_code": noted("Postcode"),
    "city": noted("City"),
    "country": noted("Country"),
    "case": noted("Case"),
    "anchor": noted("On"),
    "holder": noted("Held by"),
    "user": noted("Person"),
    "user_id": noted("Person"),
    "roles": noted("Roles"),
    "role": noted("Role"),
    "active": noted("Active"),
    "is_internal": noted("Internal"),
}

# What a field may be chosen to be, where its code is no state.
CODES = SETUP_CODES | {
    "email": noted("Email"),
    "portal": noted("Portal"),
    "phone": noted("Phone"),
    "web": noted("Website"),
    "chat": noted("Chat"),
    "hardware": noted("Hardware"),
    "software": noted("Software"),
    "service": noted("Service"),
    "post": noted("By post"),
    "ended": noted("Ended"),
    "bronze": noted("Bronze"),
    "silver": noted("Silver"),
    "gold": noted("Gold"),
    "platinum": noted("Platinum"),
    "standard": noted("Standard"),
    "primary": noted("Primary"),
    "employee": noted("Employee"),
    "contact": noted("Contact"),
    "consumer": noted("Consumer"),
    "staff": noted("Staff"),
    "account": noted("Account"),
}

LOCALES = {"en": "English", "de": "Deutsch"}


def sentence(code: str) -> str:
    """`waiting_for_parts` as "Waiting for parts"."""
    return code.replace("_", " ").strip().capitalize()


def state_word(code: str, audience: str = "staff") -> Word:
    """The word and the dot of a state, in the words of staff or of a customer."""
    if audience == "customer" and code in CUSTOMER_STATES:
        return CUSTOMER_STATES[code]
    return STATES.get(code) or Word(sentence(code), "open")


def priority_level(priority: int | str | None) -> int:
    """1 (critical) to 5, from a number or from its name."""
    if isinstance(priority, int):
        return min(max(priority, 1), 5)
    names = {name.lower(): level for level, name in PRIORITIES.items()}
    text = str(priority or "normal").lower()
    return int(text) if text.isdigit() else names.get(text, 3)
