"""What the kinds, units and reasons on a customer's own records are called.

Words of the catalogues, like those of `words`.
"""

from portals.noting import noted

CUSTOMER_CODES = {
    "support": noted("Support"),
    "warranty": noted("Warranty"),
    "maintenance": noted("Maintenance"),
    "subscription": noted("Subscription"),
    "api": noted("Connected system"),
    "widget": noted("Website"),
    "web_chat": noted("Chat"),
    "internal": noted("Internal"),
    "public": noted("Public"),
    "visitor": noted("Visitor"),
    "system": noted("System"),
    "asset": noted("Asset"),
    "contract": noted("Contract"),
    "sold_product": noted("Sold product"),
    "product_model": noted("Product model"),
    "case": noted("Case"),
    "hour": noted("Hour"),
    "month": noted("Every month"),
    "quarter": noted("Every quarter"),
    "year": noted("Every year"),
    "bill": noted("Is billed"),
    "solved": noted("Solved"),
    "solved_by_article": noted("Solved by an article"),
    "workaround": noted("Worked around"),
    "duplicate": noted("Asked twice"),
    "merged": noted("Part of another one"),
    "not_reproducible": noted("Could not be repeated"),
    "no_answer": noted("No answer came"),
    "granted": noted("Granted"),
    "adjusted": noted("Corrected"),
}
