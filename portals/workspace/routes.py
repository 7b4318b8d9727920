"""The addresses of the desk; every one is for staff."""

from functools import partial

from portals.pages import page
from portals.workspace import (
    advice,
    case_article,
    case_bulk,
    case_duplicate,
    case_form,
    case_list,
    case_merge,
    case_page,
    conversations,
    customers,
    search,
    work,
)
from portals.workspace.insights.routes import routes as insight_routes
from portals.workspace.knowledge.routes import routes as knowledge_routes
from portals.workspace.records.routes import routes as record_routes

_staff = partial(page, people="staff")
_post = partial(page, people="staff", methods=("POST",))
_CASE = "/workspace/cases/{number}"
_TALK = "/workspace/conversations/{id}"

routes = (
    _staff("/workspace", work.inbox_page),
    _staff("/workspace/inbox/rows", work.inbox_rows),
    _staff("/workspace/offers", work.offers),
    _post("/workspace/offers/{id:uuid}/accept", work.accept),
    _post("/workspace/offers/{id:uuid}/decline", work.decline),
    _post("/workspace/presence", work.presence),
    _staff("/workspace/cases", case_list.case_list),
    _post("/workspace/cases/bulk", case_bulk.bulk),
    _post("/workspace/cases/bulk/undo", case_bulk.undo),
    _staff("/workspace/cases/new", case_form.new),
    _post("/workspace/cases/new", case_form.save_new),
    _staff(f"{_CASE}/edit", case_form.edit),
    _post(f"{_CASE}/edit", case_form.save),
    _staff(f"{_CASE}/duplicate", case_duplicate.duplicate_page),
    _staff(_CASE, case_page.case_page),
    _staff(f"{_CASE}/head", case_page.head),
    _staff(f"{_CASE}/thread", case_page.thread),
    _staff(f"{_CASE}/activity", case_page.activity),
    _staff(f"{_CASE}/advice", case_page.advice),
    _post(f"{_CASE}/reply", case_page.write),
    _post(f"{_CASE}/duplicate", case_duplicate.mark),
    _post(f"{_CASE}/do/{{verb}}", case_page.deed),
    _post(f"{_CASE}/article", case_article.begin),
    _staff(f"{_CASE}/merge", case_merge.merge_page),
    _post(f"{_CASE}/merge", case_merge.merge),
    _post(f"{_CASE}/advice/{{id}}", advice.take),
    _post(f"{_CASE}/summary", advice.summarise),
    _staff(_TALK, conversations.conversation_page),
    _staff(f"{_TALK}/head", conversations.head),
    _staff(f"{_TALK}/thread", conversations.thread),
    _post(f"{_TALK}/say", conversations.say),
    _post(f"{_TALK}/end", conversations.end),
    _post(f"{_TALK}/case", conversations.make_case),
    _staff("/workspace/customers", customers.customer_list),
    *insight_routes,
    *knowledge_routes,
    *record_routes,
    _staff("/workspace/search", search.search_page),
    _staff("/workspace/search/results", search.results),
)
