"""One guardrail: what it asks for, how to have it, and which accounts lack it and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from policies import catalogue
from policies.analysis.guardrail import Guardrail
from policies.catalogue.parameters import parameters_from_json, parameters_to_json
from policies.models import Assessment, UnitVersion
from policies.selectors.coverage import Coverage, coverage
from policies.selectors.headings import Heading
from policies.selectors.icicle import Block, icicle
from policies.selectors.lacking import Alike, lacking_alike
from policies.selectors.reference_scp import ScpFile, reference_files
from policies.selectors.sentences import parameter_words, said
from policies.selectors.trends import Day, days
from policies.selectors.units import ExposedUnit, children_of, most_exposed, root_of, units_at
from policies.selectors.verdict_cards import by_name

_REASONS: Final = 40
_EXPOSED: Final = 12


@dataclass(frozen=True, slots=True)
class GuardrailDetail:
    """`parameters` are those that the guardrail reads, as words and value.

    `reasons` are the commonest, `more_reasons` how many are left out; `exposed` the units
    whose own accounts lack it most.
    """

    guardrail: Guardrail
    heading: Heading
    parameters: Sequence[tuple[str, str]]
    files: Sequence[ScpFile]
    coverage: Coverage
    reasons: Sequence[Alike]
    more_reasons: int
    blocks: Sequence[Block]
    exposed: Sequence[ExposedUnit]
    trend: Sequence[Day]


def guardrail_detail(assessment: Assessment, heading: Heading, span: int) -> GuardrailDetail:
    """Four queries. As of the assessment, by the parameters of that time."""
    guardrail = guardrail_at(assessment, heading)
    values = parameters_to_json(guardrail.parameters)
    reasons = lacking_alike(assessment, heading)
    units = units_at(assessment, heading.id)
    root = root_of(units)
    names = {unit.id: unit.name for unit in units.values()}
    return GuardrailDetail(
        guardrail=guardrail,
        heading=heading,
        parameters=[
            (parameter_words(name), said(values[name])) for name in guardrail.parameter_names
        ],
        files=reference_files(guardrail, root.id),
        coverage=next(one for one in coverage(assessment) if one.guardrail == heading),
        reasons=[replace(one, reason=by_name(one.reason, names)) for one in reasons[:_REASONS]],
        more_reasons=len(reasons[_REASONS:]),
        blocks=icicle(children_of(units), root),
        exposed=most_exposed(units, _EXPOSED),
        trend=days(assessment.organization, assessment.since, span, root.id),
    )


def scp_file(assessment: Assessment, heading: Heading, form: str) -> ScpFile | None:
    """One query; None where there is no such form."""
    root = UnitVersion.objects.at(assessment).get(parent_aws_id="")
    files = reference_files(guardrail_at(assessment, heading), root.aws_id)
    return next((one for one in files if one.form == form), None)


def guardrail_at(assessment: Assessment, heading: Heading) -> Guardrail:
    parameters = parameters_from_json(assessment.parameters)
    (found,) = catalogue.guardrails(parameters, [heading.id])
    return found
