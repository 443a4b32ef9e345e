"""Issue, list and end the bearer tokens of the open API.

`create` prints the token alone on the standard output; it is shown this once and not kept.
"""

import argparse
from datetime import datetime

from django.utils import timezone

from hengneng.kernel import clock
from hengneng.people.accounts import operations, queries
from hengneng.script import person

NEEDS_DATABASE = True
NEEDS_CITY = True
ANTICIPATED = (operations.AccountClosed, operations.UnknownToken, queries.UnknownAccount)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what can be done with tokens."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="issue a token and print it")
    create.add_argument("--account", required=True, metavar="NAME", help="it speaks for")
    end = actions.add_parser("end", help="end a token")
    end.add_argument("id", type=int, metavar="ID", help="as in ./hengneng token list")
    listed = actions.add_parser("list", help="list the tokens; their secrets are not kept")
    listed.add_argument("--account", metavar="NAME", help="of this account only")


def run(options: argparse.Namespace) -> int:
    """Do it and say so."""
    with person.acting():
        print(_ACTIONS[options.action](options))
    return 0


def _create(options: argparse.Namespace) -> str:
    """Issue a token."""
    return operations.issue_token(account_name=options.account, by=None, at=clock.now())


def _end(options: argparse.Namespace) -> str:
    """End a token."""
    operations.end_token(token_id=options.id, by=None, at=clock.now())
    return f"token {options.id} has ended"


def _list(options: argparse.Namespace) -> str:
    """Return the tokens, a line each."""
    lines = []
    for token in queries.tokens(account_name=options.account):
        ended = f", ended {_minute(token.ended_at)}" if token.ended_at else ""
        lines.append(f"{token.id}  {token.account_name}  issued {_minute(token.created_at)}{ended}")
    return "\n".join(lines) or "no tokens"


_ACTIONS = {"create": _create, "end": _end, "list": _list}


def _minute(moment: datetime) -> str:
    """Return an instant as the city's clocks show it, to the minute."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
