"""A service that knows nobody: what the registry holds under a number must fit, everything else is believed.

Names that begin with 假 belong to no number, and 不通 is a name at which the service does not answer.
"""

from __future__ import annotations

from songhe.kernel import id_number
from songhe.kernel.month import beijing_date
from songhe.person.identity import find
from songhe.person.models import Person
from songhe.person.ports import Answer, Claim, NotReached

SOURCE = "identity-sandbox"
NOBODY = "假"
NO_ANSWER = "不通"


class SandboxIdentifier:
    """For practice and for tests."""

    def check(self, claim: Claim) -> Answer:
        """Raises ``NotReached`` for the name 不通."""
        if claim.name == NO_ANSWER:
            raise NotReached("the sandbox was asked not to answer")
        if claim.name.startswith(NOBODY):
            return Answer(False, SOURCE)
        identity = find(id_number.parse(claim.number, claim.kind, on=beijing_date(claim.at)))
        known = Person.rows.filter(identity=identity).order_by("-opened_on").first() if identity else None
        return Answer(known is None or known.name == claim.name, SOURCE)
