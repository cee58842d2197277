"""What the measured projections write: a row for each stream, a number for each
type."""

from typing import ClassVar, Self

from django.db import models


class OrderRow(models.Model):
    stream = models.CharField(max_length=120, primary_key=True)
    version = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=12, decimal_places=2)

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.stream} at {self.version}"


class TypeCount(models.Model):
    type = models.CharField(max_length=80, primary_key=True)
    number = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.number} {self.type}"
