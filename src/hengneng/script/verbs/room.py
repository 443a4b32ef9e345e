"""Show a room: duty, clauses, words, files, who imports it, its tests."""

import argparse

from hengneng.script import rooms

NEEDS_DATABASE = False
ANTICIPATED = (rooms.UnknownRoom,)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    parser.add_argument("name", nargs="?", help="a room: registry/units, or units; none lists all")


def run(options: argparse.Namespace) -> int:
    """Print one room, or one line for each."""
    if options.name is None:
        width = max(len(room.name) for room in rooms.rooms())
        for room in rooms.rooms():
            print(f"{room.name:<{width}}  {room.duty}")
        return 0
    room = rooms.room_named(options.name)
    files = [path.relative_to(room.folder).as_posix() for path in room.files]
    tests = [path.relative_to(rooms.ROOT).as_posix() for path in rooms.tests_of(room)]
    print(f"{room.name}: {room.duty}")
    print(f"clauses      {room.clauses or 'none of its own'}")
    print(f"words        {', '.join(room.words) or 'none of its own'}")
    print(f"files        {', '.join(files)}")
    print(f"imported by  {', '.join(rooms.importers_of(room)) or 'nobody'}")
    print(f"tests        {', '.join(tests) or 'none'}")
    return 0
