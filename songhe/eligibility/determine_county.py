"""Determine everybody of a county by set: the same answer as one by one, in a few statements a chunk. 全县资格认定"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from songhe.county.key import Tag, plain_id, plain_instant
from songhe.eligibility import sql
from songhe.eligibility.facts import facts_parameters, facts_sql, who_is_on_file
from songhe.jobs.models import Run
from songhe.jobs.run import running
from songhe.kernel.month import Month
from songhe.person.models import Person
from songhe.policy.evaluate import determine
from songhe.policy.resolve import Policy
from songhe.policy.sql import facts_of, query
from songhe.trail.note import note

CHUNK = 50_000

#: Ids of determinations are derived from the person's, one series for each policy.
TAGS = {"consumption-voucher": Tag.DETERMINATION, "assessment-voucher": Tag.DETERMINATION_OF_ASSESSMENT}

NOBODY = UUID(int=0)


@dataclass
class Determined:
    """How many people were on file and looked at, and how many determinations were written."""

    people: int = 0
    written: int = 0


def determine_county(
    *,
    county: str,
    policy: Policy,
    on: date,
    clock: Callable[[], datetime],
    chunk: int = CHUNK,
    watch: Callable[[Run], None] | None = None,
) -> Determined:
    """Determine every person on file on a day, and write a row only where outcome, benefit or version differ.

    Agrees with ``determine`` on every person. Who was never determined and of whom something is still unknown gets
    no row: nobody asked. Bounded statements a chunk; run again it writes nothing new.
    """
    job = _County(county, policy, on, chunk)
    period = str(Month.of(on))
    with running(county=county, job=f"determine:{policy.programme}", period=period, clock=clock, watch=watch) as run:
        run.expect(who_is_on_file(county, on).count())
        after = NOBODY
        while (upto := job.bound(after)) is not None:
            with transaction.atomic():
                people, written = job.one(after, upto, clock())
                run.advance(people, written=written)
            job.done.people += people
            job.done.written += written
            after = upto
    return job.done


class _County:
    def __init__(self, county: str, policy: Policy, on: date, chunk: int) -> None:
        self.county = county
        self.policy = policy
        self.on = on
        self.chunk = chunk
        self.done = Determined()
        self.facts = facts_of(policy)
        self.form = sql.of(connection.vendor)
        self.tag = TAGS[policy.programme]
        anybody = determine(policy=policy, facts={}, on=on)
        self.parameters: dict[str, Any] = {
            **facts_parameters(county, on),
            "policy": policy.programme,
            "pack": anybody.pack,
            "version": anybody.version,
            "benefit": json.dumps(self._benefit(), ensure_ascii=False),
        }
        self.judged = self._judged()

    def _benefit(self) -> Any:
        """The benefit that ``determine`` gives whoever is entitled: it depends on place and day, not on the person."""
        anybody = determine(policy=self.policy, facts={}, on=self.on)
        return replace(anybody, outcome="entitled").as_dict()["benefit"]

    def bound(self, after: UUID) -> UUID | None:
        """The last person of the next chunk."""
        ids = Person.rows.filter(county=self.county, id__gt=after).order_by("id").values_list("id", flat=True)
        chunk: list[UUID] = list(ids[self.chunk - 1 : self.chunk])
        return chunk[0] if chunk else ids.last()

    def one(self, after: UUID, upto: UUID, at: datetime) -> tuple[int, int]:
        given = {
            **self.parameters,
            "after": plain_id(after),
            "upto": plain_id(upto),
            "at": plain_instant(at),
        }
        people = who_is_on_file(self.county, self.on).filter(id__gt=after, id__lte=upto).count()
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(sql.EACH_TABLE_ONCE)
            cursor.execute(self._anybody_before(), given)
            somebody_before = bool(cursor.fetchone()[0])
            cursor.execute(self._insert(first=not somebody_before), given)
            written = cursor.rowcount
            if written and somebody_before:
                cursor.execute(self._retire(), given)
                cursor.execute(self._enthrone(), given)
        if written:
            note(
                county=self.county,
                at=at,
                actor="run:determine",
                act="eligibility.determine",
                subject="month",
                subject_id=f"{self.policy.programme}:{Month.of(self.on)}",
                written=written,
                pack=self.parameters["pack"],
                version=self.parameters["version"],
            )
        return people, written

    def _judged(self) -> str:
        people = facts_sql(connection.vendor, self.facts, bounded=True)
        asked = query(
            policy=self.policy,
            on=self.on,
            source="people",
            dialect=self.form.dialect,
            keys=("person_id", *self.facts),
        )
        return f"WITH people AS ({people}), judged AS ({asked.replace('%', '%%')})"

    def _anybody_before(self) -> str:
        """Whether anybody of the chunk was ever determined: in a county's first month nothing is to be retired."""
        return f"""SELECT EXISTS (SELECT 1 FROM eligibility_determination k WHERE k.county = %(county)s
            AND k.policy = %(policy)s AND {self._in_chunk("k.person_id")})"""

    def _insert(self, *, first: bool) -> str:
        """Whoever is determined one by one in the same moment keeps that determination."""
        return f"""INSERT INTO eligibility_determination (county, id, person_id, policy, "on", at, outcome, pack,
              version, facts, conditions, benefit, difference, current)
            {self.new_rows(first=first)}
            ORDER BY j.person_id ON CONFLICT (county, person_id, policy) WHERE current DO NOTHING"""

    def new_rows(self, *, first: bool) -> str:
        """The rows of those for whom something that counts differs; current at once where no other row is.

        ``first`` spares counting when nobody of the chunk was determined before.
        """
        form = self.form
        ordinal = "0" if first else self._count("j")
        facts = form.json_object({name: form.fact(f"j.{name}", name) for name in self.facts})
        conditions = form.json_object(
            {each.id: form.truth(f'j."condition_{each.id}"') for each in self.policy.conditions}
        )
        return f"""{self.judged}
            SELECT %(county)s AS county, {form.new_id("j.person_id", self.tag, ordinal)} AS id, j.person_id,
              %(policy)s AS policy, %(on)s AS "on", %(at)s AS at, j.outcome, %(pack)s AS pack, %(version)s AS version,
              {facts} AS facts, {conditions} AS conditions, {form.json(sql.BENEFIT)} AS benefit,
              {sql.difference(form, self.facts)} AS difference, c.id IS NULL AS current
            FROM judged j LEFT JOIN eligibility_determination c
              ON c.county = %(county)s AND c.person_id = j.person_id AND c.policy = %(policy)s AND c.current
              AND {self._in_chunk("c.person_id")}
            WHERE ((c.id IS NULL AND j.outcome <> 'unknown') OR (c.id IS NOT NULL AND (c.outcome <> j.outcome
              OR c.pack <> %(pack)s OR c.version <> %(version)s)))"""

    def _retire(self) -> str:
        no = "FALSE" if connection.vendor == "postgresql" else "0"
        return f"""UPDATE eligibility_determination SET current = {no}
            WHERE county = %(county)s AND policy = %(policy)s AND current AND {self._in_chunk("person_id")}
              AND {self.form.one_of("person_id", self._new("person_id"))}"""

    def _enthrone(self) -> str:
        yes = "TRUE" if connection.vendor == "postgresql" else "1"
        return f"""UPDATE eligibility_determination SET current = {yes}
            WHERE county = %(county)s AND {self.form.one_of("id", self._new("id"))}"""

    def _new(self, column: str) -> str:
        """The rows of this chunk that were just written: a person's last one by count, and not current yet."""
        last = self.form.new_id("n.person_id", self.tag, f"({self._count('n')} - 1)")
        return f"""SELECT n.{column} FROM eligibility_determination n WHERE n.county = %(county)s
                AND n.policy = %(policy)s AND {self._in_chunk("n.person_id")} AND n.at = %(at)s AND NOT n.current
                AND n.id = {last}"""

    def _in_chunk(self, person: str) -> str:
        return f"{person} > %(after)s AND {person} <= %(upto)s"

    def _count(self, row: str) -> str:
        return (
            "(SELECT COUNT(*) FROM eligibility_determination k WHERE k.county = %(county)s "
            f"AND k.person_id = {row}.person_id AND k.policy = %(policy)s)"
        )
