"""An admin reads what follows by itself in words, and finds who is told of what."""

from tests.portals.workspace.furnishing import at_desk
from tests.portals.workspace.test_admin_forms import shown
from tests.world import World

CHASE = [
    {"do": "wait", "minutes": 120},
    {"do": "act", "name": "task", "action": "case_tasks.create", "when": "record.stage == null",
     "body": {"case_id": "{{ record.id }}", "subject": "Find somebody", "priority": {"cel": "1"}}},
    {"do": "notify", "to": ["assigned_to", "group:Tier 2", "owner"], "title": "It waits"},
    {"do": "mail", "template": "case_received", "to": ["contact"]},
    {"do": "tell", "data": {"task": "{{ steps.task.number }}"}},
]  # fmt: skip


async def test_an_automation_reads_step_by_step_with_its_words(world: World) -> None:
    tenant = await world.tenant()
    await tenant.admin.do("groups.create", name="Tier 2")
    made = await tenant.admin.do(
        "automations.create", key="chase", name="Chase", event_types=["cases.opened", "cases.*"],
        condition="record.priority == 1", changed=["priority"], steps=CHASE,
    )  # fmt: skip
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    await browser.get(f"/admin/automations/{made['id']}")
    for words in (
        "Cases: opened Cases: whatever happens", "Only when these change Priority",
        "Condition record.priority == 1", "1. Wait 2 hours Then only if the condition holds still",
        "Case tasks: ", "task Only if record.stage == null", "Subject Find somebody",
        "Priority = 1", "Tell Assigned to, Tier 2, as whom it acts: “It waits”",
        "Mail “Request received” to Contact", "Tell other systems",
    ):  # fmt: skip
        assert words in browser.text, words
    assert '{"do"' not in browser.page
    assert "&#34;do&#34;" not in browser.page


async def test_a_trial_says_of_each_event_what_would_have_been_done(world: World) -> None:
    tenant = await world.tenant()
    await tenant.admin.do("cases.create", subject="No light")
    await world.work(tenant, rounds=60)
    made = await tenant.admin.do(
        "automations.create", key="seen", name="Seen", event_types=["cases.opened"],
        steps=[{"do": "act", "action": "cases.note", "body": {"body": "Seen"}},
               {"do": "notify", "to": ["owner"], "title": "Seen"}],
    )  # fmt: skip
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    path = f"/admin/automations/{made['id']}"
    await browser.get(f"{path}?tab=try")
    await browser.post(f"{path}/previews/try", {"events": "20"})
    assert "Cases: opened" in browser.text
    assert "1. Add a note: Done 2. Tell staff: Done – people told: 1" in browser.text


async def test_an_admin_finds_who_is_told_of_what_and_begins_a_rule_there(world: World) -> None:
    tenant = await world.tenant()
    browser = await at_desk(await tenant.member("admin", name="Ada Admin"), tenant)
    await browser.get("/admin")
    assert 'href="/admin/notification-rules"' in browser.page
    await browser.get("/admin/notification-rules")
    assert "Cases: opened record.channel != 'email' Contact, Consumer Mail" in browser.text
    assert "Request received de, en Acknowledge a new case Off" in browser.text
    await browser.get("/admin/automations/new?steps.0.do=notify")
    form = shown(browser)
    assert form["steps.0.do"] == ["notify"]
    typed = form | {
        "key": "hello", "name": "Hello", "event_types": "cases.opened", "steps.0.to": "owner",
        "steps.0.template": "case_received", "active": "true",
    }  # fmt: skip
    answer = await browser.post("/admin/automations/new", typed)
    assert answer.status_code == 303, browser.faults
    await browser.get("/admin/notification-rules")
    assert "as whom it acts Tell staff Request received de, en Hello" in browser.text

    other = await at_desk(await tenant.member("agent_b2b", name="Jonas"), tenant)
    answer = await other.get("/admin/notification-rules")
    assert answer.status_code == 403
