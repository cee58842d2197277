"""What every test gets: the database plugin."""

pytest_plugins = ["tests.database"]
