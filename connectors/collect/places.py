"""Opens a feed's place, whatever it is, and tries it out. Libraries are imported only for the places that need them."""

from collections.abc import Mapping
from contextlib import closing

from connectors.collect.account import Account, S3Account, SftpAccount
from connectors.collect.drive import Drive
from connectors.collect.feed import Bucket, Feed, Folder, Sftp
from connectors.collect.inbox import READING, Inbox, Look, Naming, Shelf
from schemas.errors import Refused

_PROBE = ".wardlink-check"


def open_drive(feed: Feed, accounts: Mapping[str, Account]) -> Drive:
    """The drive of a feed's place; raises Refused and Away as its first step does."""
    account = accounts.get(feed.account or "")
    match feed.where, account:
        case Folder(path), None:
            from connectors.collect.local import LocalDrive

            return LocalDrive(path)
        case Sftp() as where, SftpAccount() as login:
            from connectors.collect.sftp import SftpDrive

            return SftpDrive(where, login)
        case Bucket() as where, S3Account() as keys:
            from connectors.collect.s3 import S3Drive

            return S3Drive(where, keys)
    raise Refused(
        f"{feed.name}: the settings have no account {feed.account} for {feed.where} (see `wardlink connect check`)"
    )


def try_out(feed: Feed, accounts: Mapping[str, Account]) -> Look:
    """Looks at a place, and does there with an empty file what is done with every file; what the look found.

    Raises Refused, with the remedy, where something is not allowed, and Away where nobody answers.
    """
    with closing(open_drive(feed, accounts)) as drive:
        inbox = Inbox(drive, Naming(feed.files, feed.marker))
        look = inbox.look()
        inbox.prepare()
        drive.write(f"{READING}/{_PROBE}", b"")
        for shelf, before in ((Shelf.DONE, READING), (Shelf.FAILED, Shelf.DONE)):
            drive.move(f"{before}/{_PROBE}", f"{shelf}/{_PROBE}")
        drive.remove(f"{Shelf.FAILED}/{_PROBE}")
        return look
