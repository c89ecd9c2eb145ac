"""Long lists as a table within a statement."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import TableValuedAlias, bindparam, column, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine


def lists(**columns: tuple[TypeEngine[Any], Sequence[Any]]) -> TableValuedAlias:
    """Equally long lists as the columns of a table, in one parameter each however long they are."""
    given = [bindparam(None, list(values), type_=ARRAY(kind)) for kind, values in columns.values()]
    shape = [column(name, kind) for name, (kind, _) in columns.items()]
    return func.unnest(*given).table_valued(*shape).render_derived()
