"""The addresses of the auditor's door, under ``/audit/``."""

from django.urls import path

from songhe.doors.audit import chain, findings, home, reads, samples, trace, trail

app_name = "audit"

urlpatterns = [
    path("", home.home, name="home"),
    path("samples/", samples.samples, name="samples"),
    path("samples/export/", samples.export, name="sample-export"),
    path("trace/", trace.find, name="trace"),
    path("trace/<slug:bill_no>/<int:number>/", trace.line, name="trace-line"),
    path("trail/", trail.trail, name="trail"),
    path("reads/", reads.reads, name="reads"),
    path("chain/", chain.chain, name="chain"),
    path("chain/verify/", chain.verify, name="chain-verify"),
    path("findings/", findings.findings, name="findings"),
    path("findings/run/", findings.run, name="findings-run"),
]
