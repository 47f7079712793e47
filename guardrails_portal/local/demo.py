"""`./portal demo` and `./portal run`: the whole portal on this machine."""

import argparse
import os
from collections import Counter
from collections.abc import Callable, Sequence

from guardrails_portal.local import simulated_aws
from guardrails_portal.local.children import ServiceError
from guardrails_portal.local.first_crawl import FirstCrawl, wait_for_crawl
from guardrails_portal.local.sample_history import record_sample_history
from guardrails_portal.local.supervisor import Stopped, Supervisor, address, announce, say
from guardrails_portal.local.users import make_admin_user, renew_demo_user

FIRST_PORT = 8000


def demo(arguments: Sequence[str]) -> int:
    """Run on a sample organization in a simulated AWS, until a signal."""
    return _until_stopped("./portal demo", "portal_demo", arguments, _demo)


def run(arguments: Sequence[str]) -> int:
    """Run on the organization of the AWS credentials found in the environment."""
    return _until_stopped("./portal run", "portal", arguments, _run)


def _demo(supervisor: Supervisor) -> None:
    kept = simulated_aws.without_real_aws(os.environ)
    os.environ.clear()
    os.environ |= kept
    moto, endpoint = simulated_aws.start(supervisor.folders)
    supervisor.children.append(moto)
    os.environ |= simulated_aws.variables(endpoint)
    supervisor.start_services()
    supervisor.migrate()
    supervisor.start_programs()
    supervisor.publish(*simulated_aws.variables(endpoint))
    _create_sample(supervisor, endpoint)
    record_sample_history()
    supervisor.wait_for_programs()
    wait_for_crawl(supervisor)
    password = renew_demo_user()
    _say_it_is_ready(supervisor)
    say(f"Log in as demo / {password}")

    def restore(name: str) -> None:
        # moto forgets with its process.
        if name == "moto":
            _create_sample(supervisor, endpoint)

    supervisor.watch(after_restart=restore)


def _create_sample(supervisor: Supervisor, endpoint: str) -> None:
    from accounts.aws.errors import AwsError
    from accounts.aws.sample import create_sample
    from accounts.sample import example_corp

    supervisor.child("moto").wait_until(lambda: simulated_aws.answers(endpoint))
    announce("moto", f"{endpoint} (stands for AWS)")
    made: Counter[str] = Counter()

    def tell(what: str) -> None:
        made[what] += 1
        if made.total() % 25 == 0:
            say(f"  {made.total()} things created in the sample organization …")

    try:
        create_sample(example_corp(), tell)
    except AwsError as problem:
        raise ServiceError(str(problem)) from None
    parts = ", ".join(f"{count} {what}" for what, count in made.items())
    say(f"Created the sample organization: {parts}.")


def _run(supervisor: Supervisor) -> None:
    supervisor.start_services()
    supervisor.migrate()
    supervisor.start_programs()
    supervisor.publish()
    supervisor.wait_for_programs()
    password = make_admin_user()
    _say_it_is_ready(supervisor)
    if password:
        say(f"Log in as admin / {password}")
        say("This password is shown this once.")
    else:
        say("Log in as admin; `./portal changepassword admin` sets a new password.")
    # Without credentials it fails, and on a large organization it takes minutes: both leave
    # pages that can be looked at.
    crawls = [FirstCrawl()]

    def report() -> None:
        if crawls and (error := crawls[0].error()) is not None:
            say(error or "The organization is read.")
            crawls.clear()

    supervisor.watch(meanwhile=report)


def _until_stopped(
    word: str,
    database: str,
    arguments: Sequence[str],
    body: Callable[[Supervisor], None],
) -> int:
    port = _port(word, arguments)
    try:
        with Supervisor(word, database, port) as supervisor:
            body(supervisor)
    except Stopped:
        say("Stopped.")
    return 0


def _port(word: str, arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog=word, description=(demo if "demo" in word else run).__doc__
    )
    parser.add_argument("--port", type=int, help="default: 8000, or the next free one")
    wanted: int | None = parser.parse_args(arguments).port
    if wanted is None:
        return simulated_aws.free_port(FIRST_PORT)
    if not 1 <= wanted <= 65535:
        raise ServiceError(f"--port {wanted} is no port: ports go from 1 to 65535.")
    if not simulated_aws.is_free(wanted):
        raise ServiceError(
            f"Port {wanted} is in use or not allowed: choose another by --port, or leave --port "
            "out to get the next free one from 8000."
        )
    return wanted


def _say_it_is_ready(supervisor: Supervisor) -> None:
    say(f"Logs are in {supervisor.folders.logs}; Ctrl-C stops everything.")
    say(f"Guardrails Portal is ready at {address(supervisor.port)}")
