"""How far we have read what happened at a provider."""

from django.db import models


class ProviderCursor(models.Model):
    provider = models.CharField(primary_key=True, max_length=30)
    read_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.provider} until {self.read_until:%Y-%m-%d %H:%M:%S}"
