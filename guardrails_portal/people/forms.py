from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils import timezone

from guardrails_portal.people.models import ApiToken, User
from guardrails_portal.people.roles import Role, Scope

TOKEN_DAYS: Final = {7: "a week", 30: "30 days", 90: "90 days", 365: "a year"}
# A token can do no more than its owner, so it is not offered more.
_SCOPES_OF: Final = {
    Role.VIEWER: (Scope.READ,),
    Role.OPERATOR: (Scope.READ, Scope.CRAWL),
    Role.ADMIN: tuple(Scope),
}


class NewUserForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    class Meta:
        model = User
        fields = ["username", "name", "email", "role"]

    def clean_username(self) -> str:
        # Before the form looks for a user of the same name: all are stored so.
        return str(self.cleaned_data["username"]).lower()


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ["name", "email", "role"]


class PasswordForm(PasswordChangeForm):
    """Choosing one's own password; a one-time password need not be typed again."""

    error_messages = {
        "password_incorrect": "This is not your current password.",
        "password_mismatch": "The two new passwords differ.",
    }

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(user, data)
        self.fields["new_password1"].help_text = " ".join(password_validators_help_texts())
        if user.must_choose_password:
            del self.fields["old_password"]

    def clean_new_password1(self) -> str:
        new = str(self.cleaned_data["new_password1"])
        if self.user.check_password(new):
            raise forms.ValidationError("This is the password you have now: choose another.")
        return new


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]
    days = forms.TypedChoiceField(
        label="Expires in",
        coerce=int,
        choices=[*TOKEN_DAYS.items()],
        initial=90,
    )

    class Meta:
        model = ApiToken
        fields = ["name", "scope"]
        help_texts = {"name": "What will use it, such as the name of a pipeline."}

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        scopes = _SCOPES_OF[Role(user.role)]
        self.fields["scope"] = forms.ChoiceField(
            label="May", choices=[(one.value, one.label) for one in scopes], initial=Scope.READ
        )

    def expires_at(self) -> datetime:
        return timezone.now() + timedelta(days=self.cleaned_data["days"])
