"""An organization's guardrail parameters."""

from accounts.models import Organization
from policies.analysis.guardrail import Parameters
from policies.catalogue.parameters import parameters_from_json
from policies.models import ParametersChange


def parameters_of(organization: Organization | None) -> Parameters:
    """What was set last, or the defaults; one query."""
    newest = ParametersChange.objects.filter(organization=organization).first()
    return parameters_from_json(newest.parameters) if newest else Parameters()
