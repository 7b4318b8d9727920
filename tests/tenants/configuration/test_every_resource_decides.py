"""Whoever adds a resource says whether it is configuration, which travels, or a record."""

from backend.domains import DOMAINS
from infra.kernel.registry import Registry
from tenants.configuration.catalog import Catalog

NAMED = """
    account_consumers
    account_relationships
    account_team_members
    accounts
    activity_entries
    agent_presence
    api_keys
    approval_deputies
    approval_entries
    approval_links
    approval_requests
    approval_steps
    approvals
    article_comments
    article_feedback
    article_pictures
    article_products
    article_reviews
    article_versions
    articles
    asset_contacts
    assets
    attachments
    audit_entries
    automation_runs
    billable_lines
    billing_accounts
    billing_arrangements
    business_locations
    calendar_assignments
    case_articles
    case_escalations
    case_task_dependencies
    case_tasks
    case_watchers
    cases
    catalog_requests
    config_revisions
    configuration_dependencies
    configuration_items
    consumer_relationships
    consumer_team_members
    consumers
    contact_relationships
    contacts
    contract_lines
    customers_at_hand
    customers_served
    duplicate_candidates
    entitlement_movements
    entitlement_pools
    entitlement_uses
    entitlements
    erasure_certificates
    erasure_entries
    exports
    external_identities
    external_ids
    group_members
    held_responsibilities
    household_members
    household_team_members
    households
    import_faults
    imports
    insights
    install_base_items
    installed_products
    interactions
    invitations
    jobs
    knowledge_searches
    legal_holds
    locations
    merges
    messages
    module_identities
    notification_preferences
    notifications
    oauth_clients
    outbound_mails
    product_catalog_items
    product_model_skills
    product_models
    product_warranties
    profiles
    related_parties
    service_contracts
    service_offerings
    service_organization_products
    service_organizations
    service_relations
    sessions
    sold_products
    staff_members
    staff_places
    subject_requests
    survey_answers
    survey_invitations
    task_slas
    tasks
    user_skills
    users
    warranties
    webhook_deliveries
    work_items
"""
RECORDS = frozenset(NAMED.split())
"""What people and machines did; people, companies and what lets them in; what they own and ask."""


def test_every_resource_is_configuration_or_a_record() -> None:
    resources = Registry(DOMAINS).resources
    configured = {name for name, each in resources.items() if each.configured is not None}
    assert configured.isdisjoint(RECORDS)
    undecided = resources.keys() - configured - RECORDS
    assert not undecided, "say Configured(...) on the resource, or name it here as a record"
    assert resources.keys() | {"held_responsibilities"} >= RECORDS


def test_every_kind_can_be_made_found_and_deleted_again() -> None:
    registry = Registry(DOMAINS)
    for kind in Catalog.of(registry).kinds:
        if kind.is_single:
            continue
        assert f"{kind.name}.create" in registry.actions, kind.name
        assert kind.deletable, kind.name
        assert kind.key, kind.name
        for part in kind.parts:
            assert part.column in kind.creatable | kind.updatable, (kind.name, part.name)


def test_no_secret_is_ever_written() -> None:
    for kind in Catalog.of(Registry(DOMAINS)).kinds:
        for part in kind.parts:
            assert not any(word in part.column for word in ("secret", "password", "hash", "token"))


def test_what_an_object_names_comes_before_it() -> None:
    kinds = Catalog.of(Registry(DOMAINS)).kinds
    place = {kind.name: position for position, kind in enumerate(kinds)}
    for kind in kinds:
        for needed in kind.needs - {kind.name}:
            assert place[needed] < place[kind.name], (kind.name, needed)
