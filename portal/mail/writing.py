"""Writing a mail: a row in the transaction of what it tells of. Sending is the worker's."""

from email.utils import make_msgid

from portal.db import session
from portal.mail.models import Mail


def write(
    to_address: str, subject: str, text: str, *, holds_secret: bool = False, unsubscribe_path: str = ""
) -> Mail:
    """Put a mail into the queue; it leaves only when the surrounding transaction is committed. `unsubscribe_path`: where one
    click ends mails of this sort, for what is not asked for one by one."""
    # One Message-ID for ever: a mail server that gets it twice can tell.
    mail = Mail(
        to_address=to_address,
        subject=" ".join(subject.split())[:300],
        text=text,
        holds_secret=holds_secret,
        unsubscribe_path=unsubscribe_path,
        message_id=make_msgid(domain="portal.invalid"),
    )
    session.add(mail)
    return mail
