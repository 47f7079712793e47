from django.db import migrations


class Migration(migrations.Migration):
    """SCPs and attachments go from the snapshot into their versions, and stop nowhere between."""

    dependencies = [("policies", "0007_unit_postures")]

    operations = [
        migrations.DeleteModel(name="Attachment"),
        migrations.DeleteModel(name="Policy"),
    ]
