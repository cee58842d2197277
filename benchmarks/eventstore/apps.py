from django.apps import AppConfig


class BenchmarkConfig(AppConfig):
    name = "benchmarks.eventstore"
    label = "benchmark"

    def ready(self) -> None:
        from benchmarks.eventstore import read_models  # noqa: F401, PLC0415 registers
