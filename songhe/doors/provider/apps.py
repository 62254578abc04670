from django.apps import AppConfig


class ProviderDoorConfig(AppConfig):
    name = "songhe.doors.provider"
    #: The package of providers itself has the plain label.
    label = "provider_door"
