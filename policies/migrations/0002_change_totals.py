import django.db.models.deletion
from django.db import migrations, models

# What is stored when verdicts change, of those that have changed before. A unit's path ends in "/",
# after which the split finds "": that stands for the whole organization.
COUNT = """
INSERT INTO policies_changetotal
    (cause_id, unit_aws_id, guardrail, before, after, direction, accounts, examples)
SELECT cause_id, unit, guardrail, before, after, direction, count(*), jsonb_path_query_array(
    jsonb_agg(jsonb_build_object('id', aws_id, 'name', name) ORDER BY name, aws_id), '$[0 to 2]')
FROM (
    SELECT change.cause_id, change.guardrail, change.direction, account.aws_id, account.name,
        coalesce(was.status, '') AS before, coalesce(now.status, '') AS after, unit
    FROM policies_verdictchange AS change
    JOIN policies_accountversion AS account ON account.id = change.account_id
    JOIN policies_unitversion AS place ON place.id = account.unit_id
    LEFT JOIN policies_verdict AS was ON was.id = change.before_id
    LEFT JOIN policies_verdict AS now ON now.id = change.after_id
    LEFT JOIN policies_accountversion AS former
        ON former.organization_id = account.organization_id AND former.aws_id = account.aws_id
        AND former.until_id = change.assessment_id
    LEFT JOIN policies_unitversion AS origin ON origin.id = former.unit_id
    CROSS JOIN LATERAL (
        SELECT DISTINCT unit
        FROM unnest(string_to_array(concat(place.path, origin.path), '/')) AS unit
        WHERE unit NOT LIKE 'r-%'
    ) AS units
) AS one
GROUP BY cause_id, unit, guardrail, before, after, direction
"""


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChangeTotal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("unit_aws_id", models.CharField(blank=True, max_length=68)),
                ("guardrail", models.SlugField(db_index=False)),
                ("before", models.CharField(blank=True, max_length=16)),
                ("after", models.CharField(blank=True, max_length=16)),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("regression", "Regression"),
                            ("improvement", "Improvement"),
                            ("other", "Other"),
                        ],
                        max_length=11,
                    ),
                ),
                ("accounts", models.PositiveIntegerField()),
                ("examples", models.JSONField()),
                (
                    "cause",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="totals",
                        to="policies.cause",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["cause", "unit_aws_id"], name="change_totals_of_cause")
                ],
            },
        ),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]
