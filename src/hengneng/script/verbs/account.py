"""Make accounts, list them, give and end their roles.

The password is asked for twice on a terminal; else it is the first line of --password-file, or of
what is piped in. Codes of bodies: ./hengneng account roles.
"""

import argparse
import getpass
import json
import re
import sys
from pathlib import Path

from django.utils import timezone

from hengneng.kernel import clock
from hengneng.people.accounts import operations, queries
from hengneng.people.accounts.rules import roles
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.units import queries as units
from hengneng.script import person

NEEDS_DATABASE = True
# A unified social credit code; whether such a unit exists is the registry's to say.
_UNIT_CODE = re.compile(r"[0-9A-Z]{18}")


class NoPassword(ValueError):
    """No password was given, or the two differ."""


ANTICIPATED = (
    NoPassword,
    operations.AccountClosed,
    operations.AccountExists,
    operations.AlreadyInRole,
    operations.BadAccountName,
    operations.NotInRole,
    operations.WeakPassword,
    queries.UnknownAccount,
    roles.RoleDoesNotFit,
    roles.UnknownRole,
    bodies.UnknownBody,
    units.UnknownUnit,
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what can be done with accounts."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make an account with its first role")
    _add_name(create)
    _add_role(create)
    _add_password(create)
    create.add_argument("--full-name", default="", help="the person's name")
    for name, told in (("add-role", "give another role"), ("end-role", "end a role")):
        change = actions.add_parser(name, help=told)
        _add_name(change)
        _add_role(change)
    password = actions.add_parser("password", help="set a new password; its sessions end")
    _add_name(password)
    _add_password(password)
    close = actions.add_parser("close", help="close an account, its roles and tokens")
    _add_name(close)
    listed = actions.add_parser("list", help="list the accounts and their roles")
    listed.add_argument("--json", action="store_true", help="print JSON")
    actions.add_parser("roles", help="list the roles and the bodies they are held at")


def run(options: argparse.Namespace) -> int:
    """Do it and say so."""
    with person.acting():
        print(_ACTIONS[options.action](options))
    return 0


def _create(options: argparse.Namespace) -> str:
    """Make the account."""
    role = roles.role_of(options.role)
    account = operations.create_account(
        name=options.name,
        password=_password(options),
        role=role,
        full_name=options.full_name,
        by=None,
        at=clock.now(),
        **_place(options.body),
    )
    return f"account {account.name} created: {role.lower()} at {options.body}"


def _add(options: argparse.Namespace) -> str:
    """Give a role."""
    role = roles.role_of(options.role)
    operations.add_role(
        account_name=options.name, role=role, by=None, at=clock.now(), **_place(options.body)
    )
    return f"account {options.name} is now {role.lower()} at {options.body}"


def _end(options: argparse.Namespace) -> str:
    """End a role."""
    role = roles.role_of(options.role)
    operations.end_role(
        account_name=options.name, role=role, by=None, at=clock.now(), **_place(options.body)
    )
    return f"account {options.name} is no longer {role.lower()} at {options.body}"


def _set_password(options: argparse.Namespace) -> str:
    """Set the password."""
    operations.change_password(
        account_name=options.name, password=_password(options), by=None, at=clock.now()
    )
    return f"account {options.name} has a new password; its sessions have ended"


def _close(options: argparse.Namespace) -> str:
    """Close the account."""
    operations.close_account(account_name=options.name, by=None, at=clock.now())
    return f"account {options.name} is closed"


def _list(options: argparse.Namespace) -> str:
    """Return the accounts, a line each, or as JSON."""
    rows = queries.accounts()
    if options.json:
        told = [
            {
                "name": row.name,
                "full_name": row.full_name,
                "is_active": row.is_active,
                "created_at": row.created_at.isoformat(),
                "roles": [{"role": held.role, "place": held.place} for held in row.roles],
            }
            for row in rows
        ]
        return json.dumps(told, ensure_ascii=False, indent=2)
    return "\n".join(map(_line, rows)) or "no accounts yet: ./hengneng account create --help"


def _line(row: queries.AccountRow) -> str:
    """Return an account in one line."""
    held = ", ".join(f"{role.role.lower()} at {role.place}" for role in row.roles)
    standing = held or ("no role" if row.is_active else "closed")
    made_on = timezone.localdate(row.created_at)
    return "  ".join(part for part in (row.name, row.full_name, f"{made_on}", standing) if part)


def _roles(_options: argparse.Namespace) -> str:
    """Return the roles and the codes at which each is held."""
    lines = []
    for role in roles.Role:
        fitting = [b for b in bodies.bodies() if b.kind in roles.BODY_KINDS[role]]
        lines.append(f"{role.lower()}: held at {roles.held_at(role)}")
        lines += [f"  {body.code}  {body.name_zh}" for body in fitting]
        if not roles.BODY_KINDS[role]:
            lines.append("  the unit's 18-character social credit code")
    return "\n".join(lines)


_ACTIONS = {
    "create": _create,
    "add-role": _add,
    "end-role": _end,
    "password": _set_password,
    "close": _close,
    "list": _list,
    "roles": _roles,
}


def _add_name(parser: argparse.ArgumentParser) -> None:
    """Add the account's name."""
    parser.add_argument("name", metavar="NAME", help="with which the person signs in")


def _add_role(parser: argparse.ArgumentParser) -> None:
    """Add a role and where it is held."""
    parser.add_argument("--role", required=True, help=", ".join(map(str.lower, roles.Role)))
    parser.add_argument(
        "--body",
        required=True,
        metavar="CODE",
        help="a body's code, or a unit's 18-character social credit code",
    )


def _add_password(parser: argparse.ArgumentParser) -> None:
    """Add where the password comes from."""
    parser.add_argument(
        "--password-file", type=Path, metavar="FILE", help="its first line is the password"
    )


def _place(code: str) -> dict[str, str]:
    """Return the code under the name that operations know it by."""
    return {"unit_code" if _UNIT_CODE.fullmatch(code) else "body_code": code}


def _password(options: argparse.Namespace) -> str:
    """Return the password from the file, the pipe or the person.

    Raises:
        NoPassword: If there is none, or the two differ.
    """
    if options.password_file:
        given = _first_line(options.password_file)
    elif sys.stdin.isatty():
        given = getpass.getpass("password: ")
        if getpass.getpass("again: ") != given:
            raise NoPassword("the two passwords differ; nothing was done.")
    else:
        given = sys.stdin.readline()
    password = given.rstrip("\r\n")
    if not password:
        raise NoPassword("no password was given: use --password-file, or type or pipe one in.")
    return password


def _first_line(path: Path) -> str:
    """Return a file's first line."""
    with path.open(encoding="utf-8") as file:
        return file.readline()
