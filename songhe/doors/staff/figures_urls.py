"""The addresses of the figures, the big screen and the policy packs, under ``/staff/``."""

from django.urls import path, register_converter

from songhe.doors.staff import dashboard, figure_lists, pack_drafts, packs, screen, simulation


class PlaceConverter:
    """Six digits of a place whose rules are looked at."""

    regex = r"[0-9]{6}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PlaceConverter, "place")

urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/<slug:code>/", dashboard.figure, name="figure"),
    path("dashboard/<slug:code>/people/", figure_lists.people, name="figure-people"),
    path("dashboard/<slug:code>/export/", figure_lists.export, name="figure-export"),
    path("screen/", screen.screen, name="screen"),
    path("screen/part/", screen.part, name="screen-part"),
    path("packs/", packs.packs, name="packs"),
    path("packs/load/", pack_drafts.load_folder, name="packs-load"),
    path("packs/releases/<int:release_id>/", pack_drafts.release, name="pack-release"),
    path("packs/releases/<int:release_id>/review/", pack_drafts.review, name="pack-review"),
    path("packs/releases/<int:release_id>/folder.zip", pack_drafts.folder, name="pack-folder"),
    path("packs/<place:place>/<slug:programme>/", packs.pack, name="pack"),
    path("packs/<place:place>/<slug:programme>/draft/", pack_drafts.draft, name="pack-draft"),
    path("packs/<place:place>/<slug:programme>/simulate/", simulation.simulate, name="simulate"),
    path("packs/<place:place>/<slug:programme>/simulate/<uuid:run_id>/", simulation.result, name="simulation"),
]
