from django.urls import path

from accounts.views import connections

app_name = "accounts"

urlpatterns = [
    path("connections/", connections.connections, name="connections"),
    path("connections/new/", connections.new_connection, name="new-connection"),
    path("connections/<int:key>/", connections.connection, name="connection"),
    path("connections/<int:key>/test/", connections.test, name="test-connection"),
    path("connections/<int:key>/trial/", connections.trial, name="trial"),
    path("connections/<int:key>/delete/", connections.delete, name="delete-connection"),
]
