from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class TrailConfig(AppConfig):
    name = "songhe.trail"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from songhe.county.guard import lay_guards, lift_guards

        pre_migrate.connect(lift_guards, sender=self, dispatch_uid="songhe-guards-lifted")
        post_migrate.connect(lay_guards, sender=self, dispatch_uid="songhe-guards")
