from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='KeptFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.BinaryField(max_length=32)),
                ('name', models.CharField(max_length=255)),
                ('size', models.BigIntegerField()),
                ('media_type', models.CharField(max_length=100)),
                ('kept_at', models.DateTimeField()),
                ('kept_by', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['sha256'], name='kept_file_by_digest')],
            },
        ),
    ]
