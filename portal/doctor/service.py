"""What runs beside the pages: the worker, the search index, mail, and the clock they all go by."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from portal.audit.models import AuditEntry
from portal.config import Settings
from portal.db import now
from portal.doctor.finding import Finding, fail, ok, warn
from portal.items.models import Item, ItemState, Revision
from portal.mail.models import Mail, MailState
from portal.outbox.models import OutboxEntry
from portal.search.check_models import Problem, SearchCheck
from portal.search.indexing import keeper_of
from portal.working import only_one

LATE = timedelta(minutes=5)
MAIL_LATE = timedelta(hours=1)
CHECK_LATE = timedelta(days=3)
CLOCK_OFF = timedelta(minutes=5)
WRITTEN_IN = 2026  # a clock before the year of this line is wrong


def worker(connection: Connection, settings: Settings) -> Iterator[Finding]:
    """Whether a background worker is at work, and how long its work has been waiting."""
    with only_one(settings) as nobody_else:
        pass
    oldest, waiting = connection.execute(select(func.min(OutboxEntry.written_at), func.count())).one()
    if nobody_else:
        yield warn("worker", "none is running on this machine", "start `portal serve`, or `portal worker`")
    else:
        yield ok("worker", "running")
    if waiting and now() - oldest > LATE:
        minutes = int((now() - oldest).total_seconds() // 60)
        yield fail(
            "outbox",
            f"{waiting} pieces of work wait, the oldest for {minutes} minutes",
            "start the worker, or look into its log for what stops it",
        )
    else:
        yield ok("outbox", f"{waiting} pieces of work wait")


def search_index(connection: Connection, settings: Settings) -> Iterator[Finding]:
    """Whether the index answers and holds what the database says is published."""
    keeper = keeper_of(settings)
    indexed = keeper.stored()
    published = connection.scalar(
        select(func.count())
        .select_from(Item)
        .where(Item.state == ItemState.PUBLISHED)
        .where(select(Revision.id).where(Revision.item_id == Item.id).exists())
    )
    if keeper.state() != "ready" or indexed is None:
        yield fail(
            "search index",
            "missing, broken or of another version; searches are answered from the database",
            "the worker builds it by itself; `portal reindex` does it now",
        )
        return
    waiting = connection.scalar(select(func.count()).select_from(OutboxEntry)) or 0
    held = sum(1 for one in indexed if not one.post_id)
    if held == published:
        yield ok("search index", f"holds all {held} published items")
    elif waiting:
        yield ok(
            "search index",
            f"holds {held} of {published} published items, {waiting} changes are on their way",
        )
    else:
        yield fail("search index", f"holds {held} items, published are {published}", "run `portal reindex`")


def search_check(connection: Connection) -> Iterator[Finding]:
    """What the last self-check of the search found."""
    row = connection.execute(
        select(SearchCheck.began_at, SearchCheck.leaks, SearchCheck.problem)
        .where(SearchCheck.ended_at.is_not(None))
        .order_by(SearchCheck.began_at.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        yield ok("search self-check", "none yet, the worker makes one at night")
        return
    began_at, leaks, problem = row
    if leaks:
        yield fail(
            "search self-check",
            f"{len(leaks)} places showed restricted items on {began_at:%Y-%m-%d}",
            "the administration lists them; report them as a security defect",
        )
    elif problem is not Problem.NONE or now() - began_at > CHECK_LATE:
        why = f"proved nothing ({problem})" if problem is not Problem.NONE else "is old"
        yield warn(
            "search self-check",
            f"the last one, of {began_at:%Y-%m-%d}, {why}",
            "see that the worker runs; `portal check-search` makes one now",
        )
    else:
        yield ok("search self-check", f"found nothing on {began_at:%Y-%m-%d}")


def mail(connection: Connection, settings: Settings) -> Iterator[Finding]:
    """Mails that wait, failed, or may not have arrived."""
    counts: dict[MailState, int] = dict(
        connection.execute(select(Mail.state, func.count()).group_by(Mail.state)).all()
    )
    waiting, oldest = connection.execute(
        select(func.count(), func.min(Mail.written_at)).where(Mail.state == MailState.WAITING)
    ).one()
    if not settings.mail_url:
        yield warn(
            "mail",
            f"PORTAL_MAIL_URL is empty, {waiting} mails are kept",
            "set it, or read them in the administration",
        )
    elif waiting and now() - oldest > MAIL_LATE:
        hours = int((now() - oldest).total_seconds() // 3600)
        yield fail(
            "mail", f"{waiting} wait, the oldest for {hours} hours", "see the errors in the administration"
        )
    else:
        yield ok("mail", f"{waiting} wait to be sent")
    lost = counts.get(MailState.FAILED, 0)
    unsure = counts.get(MailState.UNCERTAIN, 0)
    if lost or unsure:
        yield warn(
            "mail not delivered",
            f"{lost} were refused, {unsure} may or may not have arrived",
            "the administration shows to whom",
        )


def clock(connection: Connection) -> Iterator[Finding]:
    """Whether this machine's clock agrees with what was written last."""
    ZoneInfo("Asia/Bangkok")  # deadlines are days there
    moment = datetime.now(UTC)
    newest = connection.scalar(select(func.max(AuditEntry.at)))
    if moment.year < WRITTEN_IN or (newest is not None and newest - moment > CLOCK_OFF):
        yield fail(
            "clock",
            f"it is {moment:%Y-%m-%d %H:%M} UTC here, but there are newer entries in the database",
            "set the clock (timedatectl set-ntp true): deadlines go by it",
        )
    else:
        yield ok("clock", f"{moment:%Y-%m-%d %H:%M} UTC")
