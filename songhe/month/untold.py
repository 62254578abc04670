"""Acts that concern an elder and are told to nobody, each with its reason. What is in neither list fails a test."""

from __future__ import annotations

OWN = "the person or the proxy does it themselves and sees it done on the page"
INSIDE = "a step inside the office; what comes of it is told"
OF_MANY = "one entry for a whole file or run; whatever it changes for a person has an act of its own"
ON_THE_SPOT = "done in the person's presence"
OF_THE_COUNTY = "money of the county, of no one person"
NO_RIGHT = "changes neither a right nor money; it stands in the file"

NOT_TOLD: dict[str, str] = {
    # The file
    "person.register": NO_RIGHT,
    "person.register_many": OF_MANY,
    "person.import": OF_MANY,
    "person.undo_import": OF_MANY,
    "person.decide_duplicate": NO_RIGHT,
    "person.add_kin": NO_RIGHT,
    "person.remove_kin": NO_RIGHT,
    "person.join_household": NO_RIGHT,
    "person.leave_household": NO_RIGHT,
    "person.ask_correction": OWN,
    "person.withdraw_correction": OWN,
    "person.withdraw_mandate_ask": OWN,
    "person.grant_mandate": "the mandate that is given by it is told",
    "person.reveal": "stands among those who looked at the file, which the person reads when they wish",
    "person.issue_media": "cards of a batch are handed over in person",
    "person.confirm_assistance": "the person has just confirmed it by code or signature",
    "person.end_assistance": ON_THE_SPOT,
    "person.ask_to_undo_death": "the file still says that the person died; what is decided is told",
    # Assessment
    "assessment.adopt_mapping": OF_MANY,
    "assessment.end_mapping": OF_MANY,
    "assessment.load": "results of an earlier system, which were told when they were made",
    "assessment.begin": ON_THE_SPOT,
    "assessment.fill": ON_THE_SPOT,
    "assessment.photograph": ON_THE_SPOT,
    "assessment.locate": ON_THE_SPOT,
    "assessment.sign": ON_THE_SPOT,
    "assessment.differ": INSIDE,
    "assessment.submit": "the result is told once it is accepted",
    "assessment.send_back": INSIDE,
    # Eligibility and the application
    "eligibility.determine": INSIDE,
    "entitlement.open": OWN,
    "entitlement.rate_self": OWN,
    "entitlement.choose": OWN,
    "entitlement.wish_assessment": OWN,
    "entitlement.add_material": OWN,
    "entitlement.remove_material": OWN,
    "entitlement.answer": OWN,
    "entitlement.assess": INSIDE,
    "entitlement.determine": INSIDE,
    "entitlement.send_back": INSIDE,
    "entitlement.begin": "the approval is told at the same moment",
    # Vouchers, services and bills
    "grant.propose_budget": OF_THE_COUNTY,
    "grant.approve_budget": OF_THE_COUNTY,
    "grant.decline_budget": OF_THE_COUNTY,
    "grant.set_budget": OF_THE_COUNTY,
    "grant.hold": "what an order sets aside stands on the voucher, and comes back by itself",
    "grant.release": "what was set aside is free again; nothing was taken",
    "service.call_roll": OF_MANY,
    "service.record_presence": "every day of a stay; the bill for it is told",
    "service.record_visit": "every visit; the bill for it is told, and shows the visit",
    "service.extend": "what was agreed between the family and the home, in writing",
    "service.judge": INSIDE,
    "service.ask_override": INSIDE,
    "service.decide_override": INSIDE,
    "service.end_by_death": "the family has been told that the death was verified and what follows",
    "service.fail_after_death": "the same",
    "redemption.hand_in": "nothing is taken before the bill is booked, which is told",
    "redemption.follow_visits": OF_MANY,
    "redemption.judge": INSIDE,
    "redemption.fail_after_death": "the family has been told that the death was verified and what follows",
    "redemption.true_up": "long-term care insurance paid nothing, so nothing changes",
    # Feedback
    "feedback.rate": OWN,
    "feedback.complain": "the page gives number and day; a confidential one must not ring at home",
    "feedback.contest": OWN,
    "feedback.withdraw": OWN,
    "feedback.transfer": "the complaint shows who deals with it; the answer is told",
}
