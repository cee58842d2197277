"""Read model: organizations as they are printed on documents."""

from django.db import models


class OrganizationView(models.Model):
    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=100)
    legal_name = models.CharField(max_length=150)
    street = models.CharField(max_length=150)
    postcode = models.CharField(max_length=20)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=2)
    tax_id = models.CharField(max_length=40)
    invoice_note = models.TextField()

    def __str__(self) -> str:
        return self.legal_name or self.name
