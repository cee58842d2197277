"""How often something may be tried, per view name; `throttling` counts."""

# (what is counted together, how many, in how many seconds)
Rule = tuple[str, int, int]


def rules(*, orders_per_minute: int) -> dict[str, list[Rule]]:
    """ORDERS_PER_MINUTE, 0 for any number, counts page and API together."""
    found: dict[str, list[Rule]] = {
        # A whole university may sit behind one address, and a code has 32**6 values.
        "registrations:order-find": [("address", 60, 900)],
        "api:order-find": [("address", 60, 900)],
        # Each asks the provider for a page.
        "payments:start": [("address", 120, 900)],
        "admin:login": [("address", 30, 3600), ("username", 10, 900)],
    }
    if orders_per_minute:
        found["api:order-place"] = [("address", orders_per_minute, 60)]
        found["registrations:seat-selection"] = found["api:order-place"]
    return found
