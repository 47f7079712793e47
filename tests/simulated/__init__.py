"""AWS Organizations, simulated on real HTTP: what moto cannot show.

`Paths`, every account state, pages of 20, empty pages, throttling at the documented
rates, HTTP 500s, broken connections, refused APIs, and an organization that changes
while it is read. moto stays the independent implementation for the ordinary path.
"""

from tests.simulated.endpoint import Endpoint
from tests.simulated.faults import Faults
from tests.simulated.organization import SimulatedOrganization, invent

__all__ = ["Endpoint", "Faults", "SimulatedOrganization", "invent"]
