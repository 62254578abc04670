"""What counties owe each other for cards of one that were taken in the other: claims, what came of them, the net."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.card.models import Fund, Level
from songhe.county.key import CompositeReference, CountyKey
from songhe.county.row import CountyRow
from songhe.provider.models import Provider
from songhe.redemption.models import Line, Reversal


class Kind(models.TextChoices):
    CHARGE = "CHARGE", "本期"
    REFUND = "REFUND", "冲减"
    CORRECTION = "CORRECTION", "更正"


class Claim(CountyRow):
    """What a home county owes a serving one for a month: it says so itself, line by line, out of its own bills.

    ``number`` of ``lines``, their sum and the digest over them are what the other side is asked to find as well.
    ``settled_month``: the month whose net took it up.
    """

    no = models.CharField(max_length=24)
    serving = models.CharField(max_length=6)
    month = models.CharField(max_length=7)
    lines = models.IntegerField(default=0)
    amount_fen = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    settled_month = models.CharField(max_length=7, blank=True)
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "no"], name="settlement_claim_no"),
            models.UniqueConstraint(fields=["county", "serving", "month"], name="settlement_claim_once"),
            models.CheckConstraint(name="settlement_claim_two_counties", condition=~Q(serving=F("county"))),
        ]


class ClaimLine(CountyRow):
    """What one fund's purse paid of a line at a provider of the serving county; negative where it was reversed since.

    A line is claimed once of each fund, and refunded at most once, in a later claim.
    """

    leaf = True

    claim = CountyKey(Claim)
    number = models.IntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    line = CountyKey(Line)
    verdict = models.CharField(max_length=8, default="pass")
    reversal = CountyKey(Reversal, null=True)
    fund = CountyKey(Fund)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    service_month = models.CharField(max_length=7)
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "claim", "number"], name="settlement_claimline_number"),
            models.UniqueConstraint(
                fields=["county", "line", "fund"], condition=Q(kind="CHARGE"), name="settlement_claimline_once"
            ),
            models.UniqueConstraint(
                fields=["county", "reversal", "fund"],
                condition=Q(reversal__isnull=False),
                name="settlement_claimline_refunded_once",
            ),
            models.CheckConstraint(name="settlement_claimline_passed", condition=Q(verdict="pass")),
            models.CheckConstraint(
                name="settlement_claimline_sign",
                condition=Q(kind="REFUND", amount_fen__lt=0, reversal__isnull=False)
                | Q(kind="CHARGE", amount_fen__gt=0, reversal__isnull=True),
            ),
            CompositeReference(
                name="settlement_claimline_verdict",
                columns=("county", "line_id", "verdict"),
                to="redemption.Verdict",
                to_columns=("county", "line_id", "outcome"),
            ),
        ]


class Received(CountyRow):
    """A claim as it came to the serving county, once for each number; its lines stand in the county's own books."""

    home = models.CharField(max_length=6)
    no = models.CharField(max_length=24)
    month = models.CharField(max_length=7)
    lines = models.IntegerField()
    amount_fen = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    settled_month = models.CharField(max_length=7, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "home", "no"], name="settlement_received_once"),
            models.CheckConstraint(name="settlement_received_two_counties", condition=~Q(home=F("county"))),
        ]


class ReceivedLine(CountyRow):
    """A line of a claim in the serving county. ``source`` is the line's id in the home county, ``digest`` what it said.

    What was wrong is put right by a further line of the same source, a correction; none is changed. ``statement`` is
    the provider's, on which the serving county pays it.
    """

    leaf = True

    received = CountyKey(Received)
    source = models.UUIDField()
    place = models.IntegerField(default=1)
    number = models.IntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    fund_name = models.CharField(max_length=80)
    level = models.CharField(max_length=8, choices=Level.choices)
    service_month = models.CharField(max_length=7)
    service_on = models.DateField()
    bill_no = models.CharField(max_length=24)
    bill_line = models.IntegerField()
    item = models.CharField(max_length=80)
    amount_fen = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    because = models.CharField(max_length=300, blank=True)
    statement = CountyKey("settlement.Statement", null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "source", "place"], name="settlement_receivedline_once"),
            models.CheckConstraint(name="settlement_receivedline_amount", condition=~Q(amount_fen=0)),
            models.CheckConstraint(
                name="settlement_receivedline_kind",
                condition=Q(kind="CORRECTION", place__gt=1) & ~Q(because="") | (~Q(kind="CORRECTION") & Q(place=1)),
            ),
        ]
        indexes = [
            models.Index(fields=["county", "received"], name="settlement_receivedline_of"),
            models.Index(fields=["county", "statement"], name="settlement_receivedline_on"),
        ]


class Difference(CountyRow):
    """What the two sides of a claim do not see alike, and what a person did about it."""

    class Code(models.TextChoices):
        MISSING_THERE = "missing_there", "对方没有"
        MISSING_HERE = "missing_here", "本方没有"
        AMOUNT_DIFFERS = "amount_differs", "金额不符"
        REVERSED_SINCE = "reversed_since", "报送后已冲正"

    class How(models.TextChoices):
        RESEND = "resend", "重新报送"
        ACCEPT = "accept", "认可，随下期冲减"
        REVERSE = "reverse", "请对方冲回"

    claim = CountyKey(Claim)
    source = models.UUIDField()
    code = models.CharField(max_length=14, choices=Code.choices)
    here_fen = models.BigIntegerField()
    there_fen = models.BigIntegerField()
    found_at = models.DateTimeField()
    found_by = models.CharField(max_length=64)
    how = models.CharField(max_length=8, choices=How.choices, blank=True)
    because = models.CharField(max_length=300, blank=True)
    resolved_by = models.CharField(max_length=64, blank=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "claim", "source"], condition=Q(how=""), name="settlement_difference_open_once"
            ),
            models.CheckConstraint(
                name="settlement_difference_resolved",
                condition=Q(how="", because="", resolved_by="", resolved_at__isnull=True)
                | (~Q(how="") & ~Q(because="") & ~Q(resolved_by="") & Q(resolved_at__isnull=False)),
            ),
        ]


class Net(CountyRow):
    """A month between two counties as one of them sees it: what it owes, what it is owed, and what is left to pay.

    The county with the lower code draws it and names the claims; the other one says yes or no to just that version.
    A version is never changed once the other may have said yes, so that both always agree on the same claims.
    ``net_fen`` > 0 pays, < 0 is paid, 0 is set off.
    """

    class State(models.TextChoices):
        DRAWN = "drawn", "待本方确认"
        PROPOSED = "proposed", "待对方确认"
        ASKED = "asked", "对方已确认，待本方确认"
        DIFFERS = "differs", "双方不一致"
        AGREED = "agreed", "双方一致，待清算"
        SETTLED = "settled", "已清算"

    other = models.CharField(max_length=6)
    month = models.CharField(max_length=7)
    state = models.CharField(max_length=10, choices=State.choices)
    version = models.IntegerField(default=1)
    out_fen = models.BigIntegerField()
    in_fen = models.BigIntegerField()
    net_fen = models.BigIntegerField()
    out_claims = models.JSONField(default=list)
    in_claims = models.JSONField(default=list)
    word = models.CharField(max_length=64)
    their_word = models.CharField(max_length=64, blank=True)
    their_reference = models.CharField(max_length=60, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    dispute = models.CharField(max_length=300, blank=True)
    drawn_by = models.CharField(max_length=64)
    drawn_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=64, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=64, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "other", "month"], name="settlement_net_once"),
            models.CheckConstraint(name="settlement_net_two_counties", condition=~Q(other=F("county"))),
            models.CheckConstraint(name="settlement_net_sums", condition=Q(net_fen=F("out_fen") - F("in_fen"))),
            models.CheckConstraint(
                name="settlement_net_two_people",
                condition=Q(settled_by="") | ~Q(settled_by=F("confirmed_by")),
            ),
            models.CheckConstraint(
                name="settlement_net_agreed",
                condition=~Q(state__in=["agreed", "settled"]) | (Q(their_word=F("word")) & ~Q(confirmed_by="")),
            ),
        ]
