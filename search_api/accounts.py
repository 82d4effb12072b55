"""Who maintains: names, roles, passwords (scrypt), sign-in sessions. Tokens are stored as digests only."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import DateTime, Engine, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, now

SCRYPT = {"n": 2**14, "r": 8, "p": 1}
"""OWASP's minimum for scrypt at 16 MB."""
SHORTEST_PASSWORD = 10
SESSION_HOURS = 12


class Role(StrEnum):
    EDITOR = "editor"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    READ = "read"
    EDIT = "edit"
    REVIEW = "review"
    PUBLISH = "publish"
    ACCOUNTS = "accounts"


MAY: dict[Role, frozenset[Permission]] = {
    Role.EDITOR: frozenset({Permission.READ, Permission.EDIT}),
    Role.REVIEWER: frozenset({Permission.READ, Permission.EDIT, Permission.REVIEW, Permission.PUBLISH}),
    Role.ADMINISTRATOR: frozenset(Permission),
}


class AccountError(ValueError):
    """Chinese, shown as it is."""


class UserRow(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    password: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    disabled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SignInRow(Base):
    __tablename__ = "sign_ins"
    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


def hashed(password: str, salt: bytes | None = None) -> str:
    salt = salt or secrets.token_bytes(16)
    return f"{salt.hex()}${hashlib.scrypt(password.encode(), salt=salt, **SCRYPT).hex()}"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Accounts:
    """Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def add(self, name: str, password: str, role: Role) -> UserRow:
        """Raises AccountError for a taken name or a short password."""
        if not name.strip():
            raise AccountError("请填写用户名")
        if len(password) < SHORTEST_PASSWORD:
            raise AccountError(f"密码至少{SHORTEST_PASSWORD}位")
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            if session.scalar(select(UserRow).where(UserRow.name == name)):
                raise AccountError(f"已经有叫「{name}」的用户")
            user = UserRow(name=name, password=hashed(password), role=role, disabled=False, created_at=now())
            session.add(user)
            return user

    def change(self, name: str, role: Role | None = None, disabled: bool | None = None) -> UserRow:
        """Raises AccountError when there is no such user. A disabled user's sessions end at once."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            user = session.scalar(select(UserRow).where(UserRow.name == name))
            if user is None:
                raise AccountError(f"没有叫「{name}」的用户")
            user.role = role or user.role
            if disabled is not None:
                user.disabled = disabled
                session.execute(delete(SignInRow).where(SignInRow.user_id == user.id))
            return user

    def every(self) -> list[UserRow]:
        with Session(self.engine, expire_on_commit=False) as session:
            return list(session.scalars(select(UserRow).order_by(UserRow.name)))

    def sign_in(self, name: str, password: str) -> str | None:
        """A new token, None for a wrong name or password: which one is not told, and takes as long."""
        with Session(self.engine) as session, session.begin():
            user = session.scalar(select(UserRow).where(UserRow.name == name, UserRow.disabled.is_(False)))
            stored = user.password if user else hashed("", b"\0" * 16)
            same = hmac.compare_digest(hashed(password, bytes.fromhex(stored.split("$")[0])), stored)
            if user is None or not same:
                return None
            session.execute(delete(SignInRow).where(SignInRow.until < now()))
            token = secrets.token_urlsafe(32)
            session.add(SignInRow(token=_digest(token), user_id=user.id, until=now() + timedelta(hours=SESSION_HOURS)))
            return token

    def user_of(self, token: str) -> UserRow | None:
        with Session(self.engine, expire_on_commit=False) as session:
            found = (
                select(UserRow)
                .join(SignInRow, SignInRow.user_id == UserRow.id)
                .where(SignInRow.token == _digest(token), SignInRow.until >= now(), UserRow.disabled.is_(False))
            )
            return session.scalar(found)

    def sign_out(self, token: str) -> None:
        with Session(self.engine) as session, session.begin():
            session.execute(delete(SignInRow).where(SignInRow.token == _digest(token)))
