"""`fields=id,name`: answers with the members that somebody wants, and no others."""

from typing import Any

from rest_framework import serializers

CHOSEN = "chosen_fields"


class SparseSerializer(serializers.Serializer[Any]):
    """Keeps the members that `context["chosen_fields"]` names, and always those of `always`."""

    # What says which thing a row is about.
    always: tuple[str, ...] = ("id",)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        chosen = self.context.get(CHOSEN)
        if chosen is None or not self._outermost():
            return fields
        return {
            name: field for name, field in fields.items() if name in chosen or name in self.always
        }

    def _outermost(self) -> bool:
        """Whether these are the rows of the answer, and no part of them."""
        rows = self.parent if isinstance(self.parent, serializers.ListSerializer) else self
        return rows.root is rows
