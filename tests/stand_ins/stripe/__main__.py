"""`python -m tests.stand_ins.stripe --port 12111`: Stripe's stand-in on loopback."""

import argparse
import signal
import sys

from tests.stand_ins.stripe.server import API_KEY, SECRET, StripeStandIn


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.stand_ins.stripe", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: the system chooses")
    parser.add_argument("--api-key", default=API_KEY)
    parser.add_argument(
        "--secret", default=SECRET, help="what webhooks are signed with"
    )
    parser.add_argument("--webhook-url", default="", help="where events are sent to")
    chosen = parser.parse_args()
    stand_in = StripeStandIn(
        port=chosen.port,
        api_key=chosen.api_key,
        secret=chosen.secret,
        webhook_url=chosen.webhook_url,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.stdout.write(f"{stand_in.url}\n")
    sys.stdout.flush()
    stand_in.serve()


if __name__ == "__main__":
    main()
