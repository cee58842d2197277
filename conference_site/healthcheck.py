"""Asks the web server of this container whether it lives; for its health check.

Not curl, which the image lacks, and not localhost, which ALLOWED_HOSTS refuses.
"""

import http.client
import os
import sys


def main() -> None:
    host = (
        os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    )
    port = int(os.environ.get("PORT", "8000"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/live", headers={"Host": host})
    status = connection.getresponse().status
    sys.exit(None if status == 200 else f"/live answered {status}")


if __name__ == "__main__":
    main()
