"""Makes the environment variables for proxies and certificates fit for all HTTP clients of a process."""

import os
from pathlib import Path

from blindspot.errors import BlindspotError

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")  # in upper or lower case
LOOPBACK = ("localhost", "127.0.0.1", "::1")
#: Where httpx (served models, Prefect) and requests (MLflow) read the location of certificates.
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def reach_loopback_directly() -> None:
    """Excludes this machine from the user's proxy, which cannot reach its servers and would see their secrets."""
    if not any(os.environ.get(name) or os.environ.get(name.lower()) for name in PROXIES):
        return
    listed = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    hosts = [host.strip() for host in listed.split(",") if host.strip()]
    if "*" in hosts:
        return
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join(dict.fromkeys([*hosts, *LOOPBACK]))


def require_certificates() -> None:
    """Raises BlindspotError if a variable names certificates that do not exist, such as one that conda left behind."""
    for name in CERTIFICATES:
        path = os.environ.get(name)
        if path and not Path(path).exists():
            raise BlindspotError(
                f"{name} names {path}, which is missing", f"unset {name}, or set it to a file that exists"
            )
