"""Model fields that Django does not have this way."""

from typing import Any

from django.db import models


class WebAddressField(models.URLField):
    """An address typed without its scheme means https."""

    def formfield(self, **kwargs: Any) -> Any:  # type: ignore[override]
        return super().formfield(**{"assume_scheme": "https"} | kwargs)
