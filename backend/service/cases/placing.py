"""Where a case belongs: the organisation that serves it, and the place."""

from backend.foundation.service_model.rules import choose_place
from backend.service.cases.models import Case
from backend.service.cases.queries import Facts
from infra.kernel.errors import Fault


def place_case(case: Case, facts: Facts) -> list[Fault]:
    """Take the organisation from the place, or choose both from who opens the case and where the
    customer is served; answers the faults of what was named."""
    faults = []
    if case.business_location_id is not None:
        if facts.place_of is None:
            message = "there is no such record"
            faults.append(Fault("/business_location_id", "not_found", message))
        case.service_organization_id = facts.place_of
    elif case.service_organization_id is None and (chosen := choose_place(facts.own, facts.served)):
        case.service_organization_id = chosen.service_organization_id
        case.business_location_id = chosen.business_location_id
    if case.employee_id is not None and (case.account_id or case.contact_id or case.consumer_id):
        message = "a case is an employee's or a customer's, not both"
        faults.append(Fault("/employee_id", "other_customer", message))
    return faults
