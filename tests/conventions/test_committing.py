"""A view commits, nothing below it: held by the syntax tree of every module."""

import ast

import pytest

from tests.conventions.test_code import CODE, name

# Modules that end a transaction without being a view or a command, each with its reason.
WIRING = {
    "portal/demo.py": "loads the invented town",
    "portal/initialising.py": "makes the first rows of an empty database",
    "portal/migrating.py": "changes the tables, on a connection of its own",
    "portal/reminding.py": "the scheduler: each of its steps is a transaction",
    "portal/search/self_check.py": "its restricted items must be there to be looked for, and gone afterwards",
    "portal/working.py": "the background worker",
}
# Modules that open a transaction of their own: what must be kept whatever becomes of the request, and the worker's.
OWN_TRANSACTIONS = {
    "portal/db.py": "where it is defined",
    "portal/files/storing.py": "removes bytes that nothing refers to",
    "portal/home/notice_views.py": "a notice is read by following it, on a page that else only reads",
    "portal/items/attaching.py": "forgets uploads, for the worker",
    "portal/counting.py": "counts of pages that only read, written later by a thread of its own",
    "portal/mail/sending.py": "the worker's: a mail's fate is kept before the next is sent",
    "portal/people/signing_in.py": "notes the last use after the answer",
    "portal/search/saved_views.py": "a saved search is seen by opening it, on a page that else only reads",
    "portal/search/batches.py": "the worker's",
    "portal/search/checking.py": "the command `reindex --check`",
    "portal/search/commands.py": "the command `reindex`",
    "portal/search/postgres/generations.py": "the worker's: an old index goes in pieces",
    "portal/search/postgres/indexing.py": "the worker's: a batch and its rows in the outbox",
}
# `commit` of something that is no database.
OTHER_COMMITS = {"portal/search/embedded/index.py": "Whoosh's writer"}


def commits_in(tree: ast.Module) -> list[int]:
    """The lines on which anything called commit is touched, under whatever name the session goes."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr == "commit")
        or (isinstance(node, ast.Constant) and node.value == "commit")
    ]


def has_routes_or_commands(tree: ast.Module) -> bool:
    """Whether functions of the module are hung up with `@bp.…` or `@….command`."""
    calls = [
        decorator.func
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute)
    ]
    return any(
        call.attr == "command"
        or (call.attr in {"route", "get", "post", "delete"} and ast.unparse(call.value) == "bp")
        for call in calls
    )


@pytest.mark.parametrize("path", CODE, ids=name)
def test_only_views_commands_and_named_wiring_commit(path):
    tree = ast.parse(path.read_text())
    if has_routes_or_commands(tree) or name(path) in WIRING or name(path) in OTHER_COMMITS:
        return
    assert commits_in(tree) == [], "a view commits, nothing below it"


@pytest.mark.parametrize("path", CODE, ids=name)
def test_a_transaction_of_its_own_is_named_with_its_reason(path):
    opens = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Name | ast.Attribute)
        and "transaction" in (getattr(node, "id", ""), getattr(node, "attr", ""))
    ]
    assert not opens or name(path) in OWN_TRANSACTIONS


def test_no_exception_outlives_its_reason():
    for listed in (WIRING, OTHER_COMMITS):
        for module in listed:
            (path,) = [path for path in CODE if name(path) == module]
            assert commits_in(ast.parse(path.read_text())), f"{module} commits no more"


@pytest.mark.parametrize(
    "code",
    [
        "session.commit()",
        "db.session.commit()",
        "session().commit()",
        "from portal.db import session as rows\nrows.commit()",
        "done = session.commit\ndone()",
        "getattr(session, 'commit')()",
    ],
)
def test_a_commit_is_found_under_any_name(code):
    assert commits_in(ast.parse(code))


def test_a_module_is_no_view_for_its_name_or_for_its_room():
    assert not has_routes_or_commands(ast.parse("def views(): ..."))
    assert has_routes_or_commands(ast.parse("@bp.post('/people')\ndef add_person(): ..."))
