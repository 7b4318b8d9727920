"""Every domain of the house in its order: each may import those before it, none after it."""

from ai.domain import domain as ai
from backend.foundation.account_consumers.domain import domain as account_consumers
from backend.foundation.accounts.domain import domain as accounts
from backend.foundation.assets.domain import domain as assets
from backend.foundation.billing_accounts.domain import domain as billing_accounts
from backend.foundation.catalog.domain import domain as catalog
from backend.foundation.configuration.domain import domain as configuration
from backend.foundation.consumers.domain import domain as consumers
from backend.foundation.contacts.domain import domain as contacts
from backend.foundation.contract_lines.domain import domain as contract_lines
from backend.foundation.contracts.domain import domain as contracts
from backend.foundation.entitlements.domain import domain as entitlements
from backend.foundation.households.domain import domain as households
from backend.foundation.installed.domain import domain as installed
from backend.foundation.locations.domain import domain as locations
from backend.foundation.products.domain import domain as products
from backend.foundation.relationships.domain import domain as relationships
from backend.foundation.service_model.domain import domain as service_model
from backend.foundation.service_offerings.domain import domain as service_offerings
from backend.foundation.skills.domain import domain as skills
from backend.foundation.teams.domain import domain as teams
from backend.foundation.units.domain import domain as units
from backend.foundation.warranties.domain import domain as warranties
from backend.omnichannel.channels.chat.domain import domain as chat
from backend.omnichannel.channels.email.domain import domain as email
from backend.omnichannel.interactions.domain import domain as interactions
from backend.omnichannel.routing.domain import domain as routing
from backend.platform.activity.domain import domain as activity
from backend.platform.approvals.domain import domain as approvals
from backend.platform.automations.domain import domain as automations
from backend.platform.calendars.domain import domain as calendars
from backend.platform.duplicates.domain import domain as duplicates
from backend.platform.merging.domain import domain as merging
from backend.platform.notifications.domain import domain as notifications
from backend.platform.privacy.domain import domain as privacy
from backend.platform.responsibilities.domain import domain as responsibilities
from backend.platform.slas.domain import domain as slas
from backend.platform.tasks.domain import domain as tasks
from backend.platform.templates.domain import domain as templates
from backend.platform.transfers.domain import domain as transfers
from backend.service.advice.domain import domain as advice
from backend.service.cases.domain import domain as cases
from backend.service.insights.domain import domain as insights
from backend.service.knowledge.domain import domain as knowledge
from backend.service.learning.domain import domain as learning
from backend.service.related_parties.domain import domain as related_parties
from backend.service.requests.domain import domain as requests
from backend.service.surveys.domain import domain as surveys
from embeddables.domain import domain as embeddables
from infra.kernel.files import domain as attachments
from infra.kernel.operations import domain as kernel
from infra.kernel.registry import Domain
from portals.domain import domain as portals
from tenants.customization.domain import domain as customization
from tenants.domain import domain as tenants

DOMAINS: tuple[Domain, ...] = (
    kernel,
    attachments,
    tenants,
    customization,
    ai,
    calendars,
    responsibilities,
    transfers,
    activity,
    slas,
    tasks,
    templates,
    notifications,
    automations,
    approvals,
    duplicates,
    merging,
    privacy,
    service_model,
    accounts,
    contacts,
    consumers,
    account_consumers,
    relationships,
    teams,
    locations,
    households,
    billing_accounts,
    skills,
    products,
    configuration,
    contracts,
    installed,
    assets,
    warranties,
    units,
    entitlements,
    contract_lines,
    service_offerings,
    catalog,
    knowledge,
    cases,
    related_parties,
    requests,
    surveys,
    insights,
    learning,
    advice,
    interactions,
    routing,
    email,
    chat,
    embeddables,
    portals,
)
