from django.urls import path

from guardrails_portal.people.views import audit, profile, tokens, users

app_name = "people"

urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("profile/password/", profile.password, name="password"),
    path("profile/sign-out/", profile.sign_out_everywhere, name="sign-out-everywhere"),
    path("profile/tokens/", tokens.tokens, name="tokens"),
    path("profile/tokens/<int:key>/revoke/", tokens.revoke, name="revoke-token"),
    path("users/", users.users, name="users"),
    path("users/new/", users.new_user, name="new-user"),
    path("users/of/<str:username>/", users.user, name="user"),
    path("users/of/<str:username>/active/", users.set_active, name="set-active"),
    path("users/of/<str:username>/password/", users.renew_password, name="renew-password"),
    path(
        "users/of/<str:username>/second-factor/",
        users.remove_second_factor,
        name="remove-second-factor",
    ),
    path("users/of/<str:username>/sign-out/", users.sign_out, name="sign-out-user"),
    path("audit/", audit.audit, name="audit"),
]
