from guardrails_portal.people.models.token import ApiToken
from guardrails_portal.people.models.user import User

__all__ = ["ApiToken", "User"]
