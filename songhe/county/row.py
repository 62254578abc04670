"""The abstract county row: whatever grows with people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models

from songhe.county.key import CountyField, new_id


class CountyRow(models.Model):
    """A row that belongs to the county that pays. Saving, refreshing, locking and deleting it name the county.

    ``leaf = True`` on a model says that nothing points at its rows, and spares it the index for keys.
    """

    leaf: ClassVar[bool] = False

    county = CountyField("区县代码")
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.label} {self.county}/{self.id}"

    def _do_update(self, base_qs: models.QuerySet[Any], *args: Any, **kwargs: Any) -> Any:
        return super()._do_update(base_qs.filter(county=self.county), *args, **kwargs)

    def refresh_from_db(
        self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        rows = from_queryset if from_queryset is not None else type(self)._base_manager.all()
        if "county" in self.__dict__:
            rows = rows.filter(county=self.county)
        super().refresh_from_db(using, fields, rows)

    def delete(self, using: str | None = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        """One statement; whether other rows still point here is for the database to say, for it names the county."""
        rows = type(self)._base_manager.using(using or self._state.db).filter(county=self.county, id=self.id)
        deleted = rows._raw_delete(rows.db)
        return deleted, {self._meta.label: deleted} if deleted else {}
