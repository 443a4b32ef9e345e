"""Which of the npm packages' files are served."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.staticfiles.finders import FileSystemFinder

# Builds, maps and styles that no page asks for; without this some 50 MB would be copied and packed.
UNUSED = (
    "*.map",
    "*.json",
    "*.scss",
    "*.d.ts",
    "*.md",
    "echarts.js",
    "echarts.common*",
    "echarts.simple*",
    "echarts.esm*",
    "extension",
)


class AssetFinder(FileSystemFinder):
    """Django's finder of ``STATICFILES_DIRS``, without what no page asks for."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        """Yield the files to serve with their storages."""
        yield from super().list([*(ignore_patterns or ()), *UNUSED])
