from django.db import migrations


class Migration(migrations.Migration):
    """Units and accounts go from the snapshot into their versions, and stop nowhere between."""

    dependencies = [("policies", "0009_units_by_exact_path")]

    operations = [
        # A database that is new has none of them.
        migrations.RunSQL(
            """
            DROP TABLE IF EXISTS policies_accountposture, accounts_account, accounts_unit;
            ALTER TABLE accounts_organization DROP COLUMN IF EXISTS snapshot_digest;
            """,
            migrations.RunSQL.noop,
        ),
    ]
