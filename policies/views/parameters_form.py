from typing import Any

from django import forms

from policies.analysis.guardrail import Parameters
from policies.catalogue.parameters import (
    ParameterError,
    parameters_from_json,
    parameters_to_json,
)


class ParametersForm(forms.Form):
    """The guardrails' parameters; which values there may be, the catalogue says."""

    security_role = forms.CharField(
        label="Roles of the Information Security team",
        max_length=64,
        help_text="Name of the IAM roles that guardrail 1 protects; * and ? stand for the rest.",
    )
    exempt_principals = forms.CharField(
        label="Exempt principals",
        required=False,
        max_length=10_000,
        help_text="Who may keep what the guardrails take from others: ARN patterns, one a line.",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    trail = forms.CharField(
        label="Trails",
        max_length=128,
        help_text="Name of the CloudTrail trails that guardrail 3 protects; * is all.",
    )
    organizations_scope = forms.ChoiceField(
        label="AWS Organizations",
        choices=[
            ("all", "No action of AWS Organizations may get through"),
            ("leave", "Only leaving the organization may not"),
        ],
        help_text="What guardrail 5 asks for.",
    )
    colon_paths = forms.BooleanField(
        label="Count users whose path holds a colon",
        required=False,
        help_text="An IAM user with the path /x:role/ passes for a role where an SCP leaves the "
        "account open. Strict: with this, such an SCP enforces nothing.",
    )

    def __init__(self, parameters: Parameters, data: Any = None) -> None:
        initial = parameters_to_json(parameters)
        initial["exempt_principals"] = "\n".join(initial["exempt_principals"])
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "exempt_principals" in given:
            given["exempt_principals"] = given["exempt_principals"].split()
        for name in list(given):
            try:
                parameters_from_json({name: given[name]})
            except ParameterError as problem:
                sentence = str(problem).partition(": ")[2]
                self.add_error(name, f"This {sentence}.")
        return given

    def parameters(self) -> Parameters:
        """To be asked of a valid form."""
        return parameters_from_json(self.cleaned_data)
