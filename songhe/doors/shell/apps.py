from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in

from songhe.doors.shell.log import configure


class ShellConfig(AppConfig):
    name = "songhe.doors.shell"
    label = "shell"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        configure()
        # Django would write the server's time over the time of the door, which access.login.sign_in has written.
        user_logged_in.disconnect(dispatch_uid="update_last_login")
