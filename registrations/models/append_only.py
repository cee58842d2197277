"""Rows that are added and never changed: a rule of the table itself."""

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table

GUARD = (
    "CREATE TRIGGER %(name)s BEFORE UPDATE OR DELETE ON %(table)s"
    " FOR EACH STATEMENT EXECUTE FUNCTION registrations_refuse_change()"
)


class AppendOnly(models.BaseConstraint):
    """Refuses UPDATE and DELETE, by a trigger.

    It belongs to the model and not to a migration, because a rebuild makes new tables
    from the models (`eventstore.shadow.make`) and puts them in the place of the old
    ones: a trigger that only a migration had made would be lost with the first of them.
    """

    def constraint_sql(self, model: Any, editor: Any) -> str:
        """Nothing inside CREATE TABLE: the trigger follows when the table is there."""
        editor.deferred_sql.append(self.create_sql(model, editor))
        return ""

    def create_sql(self, model: Any, editor: Any) -> Any:
        return self._statement(GUARD, model, editor)

    def remove_sql(self, model: Any, editor: Any) -> Any:
        return self._statement("DROP TRIGGER %(name)s ON %(table)s", model, editor)

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """A single row tells nothing: only a change is refused."""

    def _statement(
        self, sql: str, model: type[models.Model], editor: BaseDatabaseSchemaEditor
    ) -> Statement:
        table = Table(model._meta.db_table, editor.quote_name)
        return Statement(sql, name=editor.quote_name(self.name), table=table)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AppendOnly) and self.name == other.name
