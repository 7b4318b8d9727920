"""The addresses of the managers' view on the desk."""

from functools import partial

from portals.pages import page
from portals.workspace.insights import details, views
from portals.workspace.insights import page as figures
from portals.workspace.insights.question import PATH

_staff = partial(page, people="staff")
_post = partial(page, people="staff", methods=("POST",))
_VIEW = f"{views.VIEWS}/{{id}}"

routes = (
    _staff(PATH, figures.insights_page),
    _post(f"{PATH}/keep", figures.keep),
    _staff(f"{PATH}/figures", figures.insights_figures),
    _staff(f"{PATH}/cases", figures.insights_cases),
    _staff(f"{PATH}/behind", details.behind_page),
    _staff(f"{PATH}/activity", details.activity_page),
    _staff(_VIEW, views.view_page),
    _post(_VIEW, views.change),
    _post(f"{_VIEW}/delete", views.forget),
)
