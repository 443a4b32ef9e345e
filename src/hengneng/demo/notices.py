"""The notices that the demo city's regulator has published, as ``notices.toml`` has them."""

import tomllib
from datetime import timedelta
from importlib import resources

from hengneng.demo import loading
from hengneng.demo.plan import Plan
from hengneng.kernel import clock
from hengneng.programme.notices import operations as notices


def publish(plan: Plan) -> None:
    """Publish the notices, each on its day before the founding."""
    text = (resources.files("hengneng.demo") / "notices.toml").read_text("utf-8")
    for table in tomllib.loads(text)["notice"]:
        day = clock.local_second(plan.founded_at - timedelta(days=table["days_ago"]))
        with loading.clock_at(day, latest=plan.founded_at) as at:
            number = notices.draft_notice(
                title_zh=table["title_zh"],
                title_en=table["title_en"],
                number=table["number"],
                text=table["text"],
                issuer_code=table["issuer"],
                by=None,
                at=at,
            )
            notices.publish_notice(notice_id=number, by=None, at=at)
