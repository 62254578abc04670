"""Whether the records of services hold: questions whose every answer row is a fault."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from songhe.service.models import Visit
from songhe.service.visit import digest

#: Each question selects (county, row id) of the rows that contradict each other.
QUESTIONS: dict[str, str] = {
    "service.visit_after_death": """
        SELECT v.county, v.id FROM service_visit v
        JOIN person_person p ON p.county = v.county AND p.id = v.person_id
        WHERE v.service_on > p.died_on AND v.verdict = 'pass'""",
    "service.stay_after_death": """
        SELECT s.county, s.id FROM service_stay s
        JOIN person_person p ON p.county = s.county AND p.id = s.person_id
        WHERE s.admitted_on > p.died_on OR s.discharged_on > p.died_on
           OR (s.discharged_on IS NULL AND p.died_on IS NOT NULL)""",
    "service.presence_after_death": """
        SELECT r.county, r.id FROM service_presence r
        JOIN service_stay s ON s.county = r.county AND s.id = r.stay_id
        JOIN person_person p ON p.county = s.county AND p.id = s.person_id
        WHERE r."on" > p.died_on""",
    "service.presence_outside_stay": """
        SELECT r.county, r.id FROM service_presence r
        JOIN service_stay s ON s.county = r.county AND s.id = r.stay_id
        LEFT JOIN person_person p ON p.county = s.county AND p.id = s.person_id
        WHERE (r."on" < s.admitted_on OR r."on" > s.discharged_on) AND (p.died_on IS NULL OR r."on" <= p.died_on)""",
    "service.stays_overlap": """
        SELECT b.county, b.id FROM service_stay a
        JOIN service_stay b ON b.county = a.county AND b.person_id = a.person_id AND b.id <> a.id
        WHERE a.admitted_on <= b.admitted_on AND (a.admitted_on < b.admitted_on OR a.id < b.id)
          AND (a.discharged_on IS NULL OR a.discharged_on > b.admitted_on)""",
    "service.worker_of_another_provider": """
        SELECT v.county, v.id FROM service_visit v
        JOIN provider_worker w ON w.id = v.worker_id WHERE w.provider_id <> v.provider_id""",
    "service.kind_differs_from_item": """
        SELECT v.county, v.id FROM service_visit v
        JOIN provider_item i ON i.id = v.item_id WHERE i.evidence <> v.kind""",
    "service.home_visit_passed_without_position": """
        SELECT county, id FROM service_visit
        WHERE kind = 'visit' AND verdict = 'pass' AND (longitude IS NULL OR latitude IS NULL OR accuracy IS NULL)
          AND NOT EXISTS (SELECT 1 FROM service_override o WHERE o.county = service_visit.county
                          AND o.visit_id = service_visit.id AND o.state = 'granted')""",
    "service.override_by_one_person": """
        SELECT o.county, o.id FROM service_override o
        JOIN service_visit v ON v.county = o.county AND v.id = o.visit_id
        WHERE o.decided_by <> '' AND (o.decided_by = o.asked_by OR o.decided_by = v.recorded_by)""",
}


def check() -> Iterator[tuple[str, str, str]]:
    """Every fault in stays, visits and verdicts as (code, county, id); nothing when they hold. Reads only."""
    for code, question in QUESTIONS.items():
        with connection.cursor() as cursor:
            cursor.execute(question)
            for county, row in cursor.fetchall():
                yield code, county, str(row)
    for visit in Visit.objects.order_by("county", "id").iterator(chunk_size=5_000):
        if digest(visit) != visit.evidence_sha256:
            yield "service.evidence_differs", visit.county, str(visit.id)
