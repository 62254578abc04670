"""Put all cards of a county into class and under standards, by set: the same answer as one by one. 全县分类"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zlib import crc32

from django.db import connection, transaction

from songhe.card.models import Card
from songhe.county.key import Tag, plain_id, tag_hex
from songhe.eligibility import sql
from songhe.eligibility.facts import facts_parameters, facts_sql
from songhe.jobs.models import Run
from songhe.jobs.run import running
from songhe.kernel.month import Month
from songhe.policy.monthly import LAST_CLASS, lines_of
from songhe.policy.monthly_sql import column, facts_of, query
from songhe.policy.resolve import Policy
from songhe.trail.note import note

CHUNK = 20_000
JOB = "classify:love-card"
NOBODY = UUID(int=0)


@dataclass
class Classified:
    """Cards looked at, cards of which something changed, and how: into another class, standards begun and ended."""

    cards: int = 0
    changed: int = 0
    other_class: int = 0
    begun: int = 0
    ended: int = 0


def classify_county(
    *,
    county: str,
    policy: Policy,
    on: date,
    clock: Callable[[], datetime],
    by: str = "run:classify",
    chunk: int = CHUNK,
    watch: Callable[[Run], None] | None = None,
) -> Classified:
    """Put every card that is not closed under the standards that its holder meets on the day; dynamic management (002).

    Agrees with ``songhe.card.standard.classify`` on every card: what is new holds from the month of the day, what is
    no longer met ends with the month before. Whoever is no longer on the county's file meets nothing. It comes before
    the month's charges. Only what changed is written, in a bounded number of statements a chunk; a second run writes
    nothing, a killed one is completed. Refuses with ``policy.not_monthly``, ``policy.value_not_set`` or
    ``jobs.running``.
    """
    job = _County(county, policy, on, by, chunk)
    with running(county=county, job=JOB, period=str(Month.of(on)), clock=clock, watch=watch) as progress:
        progress.expect(job.open_cards().count())
        after = NOBODY
        while (upto := job.bound(after)) is not None:
            with transaction.atomic():
                done = job.one(after, upto, clock())
                progress.advance(
                    done.cards,
                    changed=done.changed,
                    other_class=done.other_class,
                    begun=done.begun,
                    ended=done.ended,
                )
            job.add(done)
            after = upto
    return job.done


class _County:
    def __init__(self, county: str, policy: Policy, on: date, by: str, chunk: int) -> None:
        self.county = county
        self.policy = policy
        self.by = by
        self.chunk = chunk
        self.month = Month.of(on)
        self.done = Classified()
        self.form = sql.of(connection.vendor)
        self.lines = [line.id for line in lines_of(policy)]
        self.asked = query(policy=policy, on=on, source="people", dialect=self.form.dialect, keys=("person_id",))
        self.facts = facts_sql(connection.vendor, facts_of(policy), bounded=True)
        self.parameters: dict[str, Any] = {
            **facts_parameters(county, on),
            "month": str(self.month),
            "next_month": str(self.month.next),
            "month_before": str(self.month.previous),
            "pack": policy.id,
            "version": policy.version,
        }

    def open_cards(self) -> Any:
        return Card.objects.filter(county=self.county).exclude(state=Card.State.CLOSED)

    def bound(self, after: UUID) -> UUID | None:
        """The holder of the last card of the next chunk."""
        ids = self.open_cards().filter(person__gt=after).order_by("person").values_list("person_id", flat=True)
        chunk: list[UUID] = list(ids[self.chunk - 1 : self.chunk])
        last: UUID | None = chunk[0] if chunk else ids.last()
        return last

    def add(self, done: Classified) -> None:
        for name, value in vars(done).items():
            setattr(self.done, name, getattr(self.done, name) + value)

    def one(self, after: UUID, upto: UUID, at: datetime) -> Classified:
        given = {**self.parameters, "after": plain_id(after), "upto": plain_id(upto)}
        done = Classified(cards=self.open_cards().filter(person__gt=after, person__lte=upto).count())
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(sql.EACH_TABLE_ONCE)
            cursor.execute(f"{self._judged()} {_CHANGED}", given)
            changed = [row[0] for row in cursor.fetchall()]
            done.changed = len(changed)
            if not changed:
                return done
            self._lock(changed)
            cursor.execute(self._end(), given)
            done.ended = cursor.rowcount
            cursor.execute(self._begin(), given)
            done.begun = cursor.rowcount
            cursor.execute(self._into_class(), given)
            done.other_class = cursor.rowcount
        note(
            county=self.county,
            at=at,
            actor=self.by,
            act="card.classify_county",
            subject="month",
            subject_id=f"{self.policy.programme}:{self.month}",
            cards=done.cards,
            other_class=done.other_class,
            begun=done.begun,
            ended=done.ended,
            pack=self.policy.id,
            version=self.policy.version,
        )
        return done

    def _lock(self, cards: list[UUID]) -> None:
        """Whoever closes or judges one of these cards waits, and what is written is judged after they are held."""
        if connection.features.has_select_for_update:
            rows = Card.objects.filter(county=self.county, id__in=cards).order_by("id")
            list(rows.select_for_update(no_key=True).values_list("id", flat=True))

    # --- the statements ---

    def _judged(self) -> str:
        """The cards of the chunk with what they meet, what they are under, and the two differences.

        Joined and compared as both databases do it by index or hash, whatever they guess of the sizes: CROSS JOIN
        fixes the order on SQLite, and NOT IN is looked up in a table of its own.
        """
        flags = ", ".join(f"j.{column(n)}" for n in range(len(self.lines)))
        none = ", ".join("0" for _ in self.lines)
        met = " UNION ALL ".join(
            f"SELECT card, '{line}' AS standard, {self._stem(line)} AS stem FROM cards WHERE {column(n)} = 1"
            for n, line in enumerate(self.lines)
        )
        return f"""WITH people AS MATERIALIZED ({self.facts}),
            judged AS MATERIALIZED ({self.asked.replace("%", "%%")}),
            cards AS MATERIALIZED (SELECT c.id AS card, c.card_class AS before, j.in_class, {flags}
              FROM judged j CROSS JOIN card_card c
              WHERE c.county = %(county)s AND c.person_id = j.person_id AND c.state <> 'closed'
              UNION ALL SELECT c.id, c.card_class, {LAST_CLASS}, {none} FROM card_card c
              WHERE c.county = %(county)s AND c.state <> 'closed' AND c.person_id > %(after)s
                AND c.person_id <= %(upto)s AND c.person_id NOT IN (SELECT person_id FROM judged)),
            met AS MATERIALIZED ({met}),
            held AS MATERIALIZED (SELECT s.id, s.card_id AS card, s.standard FROM cards c CROSS JOIN card_standing s
              WHERE s.county = %(county)s AND s.card_id = c.card AND s.last_month = ''),
            ends AS MATERIALIZED (SELECT id, card FROM held
              WHERE (card, standard) NOT IN (SELECT card, standard FROM met)),
            begins AS MATERIALIZED (SELECT card, standard, stem FROM met
              WHERE (card, standard) NOT IN (SELECT card, standard FROM held))"""

    def _stem(self, standard: str) -> str:
        """The id of a standing but for its tag and month: the card's, with 16 bits of the standard's name."""
        slot = f"{crc32(standard.encode()) & 0xFFFF:04x}"
        if connection.vendor == "postgresql":
            return f"left(card::text, 28) || '{slot}'"
        return f"substr(card, 1, 24) || '{slot}'"

    def _end(self) -> str:
        """With the month before; what began this month ends with it, for what has begun is not taken back."""
        return f"""UPDATE card_standing
            SET last_month = CASE WHEN first_month > %(month_before)s THEN first_month ELSE %(month_before)s END
            WHERE county = %(county)s AND {self.form.one_of("id", f"{self._judged()} SELECT id FROM ends")}"""

    def _begin(self) -> str:
        """From this month on, or from the next where one of the same has ended within it."""
        ended = """EXISTS (SELECT 1 FROM card_standing t WHERE t.county = %(county)s AND t.card_id = b.card
            AND t.standard = b.standard AND t.last_month >= %(month)s)"""
        now, then = tag_hex(Tag.STANDING, self.month), tag_hex(Tag.STANDING, self.month.next)
        made = f"(b.stem || CASE WHEN {ended} THEN '{then}' ELSE '{now}' END)"
        if connection.vendor == "postgresql":
            made += "::uuid"
        return f"""INSERT INTO card_standing (county, id, card_id, standard, first_month, last_month, pack, version)
            {self._judged()} SELECT %(county)s, {made}, b.card, b.standard,
              CASE WHEN {ended} THEN %(next_month)s ELSE %(month)s END, '', %(pack)s, %(version)s
            FROM begins b ORDER BY b.card, b.standard"""

    def _into_class(self) -> str:
        return f"""UPDATE card_card SET card_class = c.in_class
            FROM ({self._judged()} SELECT card, in_class FROM cards WHERE before <> in_class) c
            WHERE card_card.county = %(county)s AND card_card.id = c.card"""


_CHANGED = """SELECT card FROM ends UNION SELECT card FROM begins
    UNION SELECT card FROM cards WHERE before <> in_class"""
