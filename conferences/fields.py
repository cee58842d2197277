"""Model fields that Django does not have this way."""

from typing import Any

from django.db import models


class WebAddressField(models.URLField):  # type: ignore[type-arg]  # not at run time
    """An address typed without its scheme means https."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https"} | kwargs)
