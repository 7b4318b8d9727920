"""The addresses of the knowledge on the desk."""

from functools import partial

from portals.pages import page
from portals.pictures import picture
from portals.workspace.knowledge import article, editing, folders, gaps, listing, translating, verbs
from portals.workspace.knowledge.beside import PATH

_staff = partial(page, people="staff")
_post = partial(page, people="staff", methods=("POST",))
_ARTICLE = f"{PATH}/{{number}}"

routes = (
    _staff(PATH, listing.article_list),
    _staff(f"{PATH}/new", editing.new_article),
    _post(f"{PATH}/new", editing.save_new),
    _staff(gaps.PATH, gaps.gaps_page),
    _post(gaps.PATH, gaps.draft),
    _staff(folders.PATH, folders.folders_page),
    _post(folders.PATH, folders.move),
    _staff(_ARTICLE, article.article_page),
    _staff(f"{_ARTICLE}/edit", editing.edit_article),
    _post(f"{_ARTICLE}/edit", editing.save),
    _staff(f"{_ARTICLE}/pictures/{{name}}", picture),
    _staff(f"{_ARTICLE}/translate", translating.translation),
    _post(f"{_ARTICLE}/translate", translating.begin),
    _post(f"{_ARTICLE}/do/{{verb}}", verbs.deed),
)
