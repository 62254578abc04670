from songhe.doors.staff.tests.conftest import (
    approver,
    clerk,
    enter,
    no_language_stays_behind,
    practice,
    unknown_variables_fail,
)

__all__ = ["approver", "clerk", "enter", "no_language_stays_behind", "practice", "unknown_variables_fail"]
