"""`pk__any=keys`: what `in` says of many keys, in one parameter."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigAutoField, Lookup
from django.db.models.sql.compiler import SQLCompiler


@BigAutoField.register_lookup
class AnyOf(Lookup):
    """`in` checks, names and quotes each key by itself, which costs more than to look them up."""

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        key, params = self.process_lhs(compiler, connection)
        keys = ",".join(map(str, self.rhs))
        return f"{key} = ANY(%s::bigint[])", (*params, f"{{{keys}}}")
