"""What lets a registrant without an account reach his order."""

from django.db import models


class OrderAccessToken(models.Model):
    """Only the hash is kept: who reads the table cannot open an order."""

    id = models.BigAutoField(primary_key=True)
    order_id = models.UUIDField(db_index=True)
    token_hash = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["token_hash"], name="order_access_token_once"
            )
        ]

    def __str__(self) -> str:
        return f"token of {self.order_id}"
