"""The demo's logs, where visitors look for their mails."""

from pathlib import Path

from conference_site.demo_site import LARGEST_LOG, continue_log


def test_a_log_keeps_the_runs_before(tmp_path: Path):
    log = tmp_path / "worker.log"
    continue_log(log)
    with log.open("a") as file:
        file.write("A mail, cut sh")
    continue_log(log)

    first, mail, second = filter(None, log.read_text().splitlines())
    assert mail == "A mail, cut sh"
    assert first.startswith("--- Started ")
    assert second.startswith("--- Started ")
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_large_log_is_put_aside_at_the_next_start(tmp_path: Path):
    log = tmp_path / "worker.log"
    for content in ("oldest", "x" * (LARGEST_LOG + 1)):
        log.write_text(content)
        log.chmod(0o600)
        continue_log(log)

    assert log.read_text().startswith("--- Started ")
    assert len(log.read_text().splitlines()) == 1
    aside = tmp_path / "worker.log.1"
    assert aside.stat().st_size == LARGEST_LOG + 1
    assert aside.stat().st_mode & 0o777 == 0o600
