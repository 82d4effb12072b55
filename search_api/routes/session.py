"""Signing in of maintainers, and what a route may ask of them."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Cookie, Depends, Header, Response

from ..accounts import MAY, SESSION_HOURS, AccountError, Permission, Role, UserRow
from ..maintaining import Me, NewUser, SignIn, UserChange, UserShown
from ..problems import ProblemError
from ..resources import Resources, resources

router = APIRouter(prefix="/v1", tags=["accounts"])
COOKIE = "maintainer"
Held = Annotated[Resources, Depends(resources)]


def token(
    maintainer: Annotated[str | None, Cookie()] = None, authorization: Annotated[str | None, Header()] = None
) -> str:
    """From the cookie, or `Authorization: Bearer …` for programs."""
    return (authorization or "").removeprefix("Bearer ").strip() or maintainer or ""


def signed_in(held: Held, token: Annotated[str, Depends(token)]) -> UserRow:
    """Raises a 401 problem."""
    user = held.accounts.user_of(token) if token else None
    if user is None:
        raise ProblemError(401, "请先登录。")
    return user


def allowed(permission: Permission) -> Callable[[UserRow], UserRow]:
    """A dependency that raises a 403 problem for a role without the permission."""

    def check(user: Annotated[UserRow, Depends(signed_in)]) -> UserRow:
        if permission not in MAY[Role(user.role)]:
            raise ProblemError(403, "您的角色不能做这个操作。")
        return user

    return check


Reader = Annotated[UserRow, Depends(allowed(Permission.READ))]
Editor = Annotated[UserRow, Depends(allowed(Permission.EDIT))]
Reviewer = Annotated[UserRow, Depends(allowed(Permission.REVIEW))]
Publisher = Annotated[UserRow, Depends(allowed(Permission.PUBLISH))]


def me(user: UserRow) -> Me:
    return Me(name=user.name, role=Role(user.role), may=sorted(MAY[Role(user.role)]))


@router.post("/session")
def sign_in(asked: SignIn, held: Held, response: Response) -> Me:
    """Sets a cookie that scripts of a page cannot read and that no other site can send."""
    token = held.accounts.sign_in(asked.name, asked.password)
    user = held.accounts.user_of(token) if token else None
    if token is None or user is None:
        raise ProblemError(401, "用户名或密码不对。")
    response.set_cookie(COOKIE, token, max_age=SESSION_HOURS * 3600, httponly=True, samesite="strict")
    return me(user)


@router.get("/session")
def who(user: Annotated[UserRow, Depends(signed_in)]) -> Me:
    return me(user)


@router.delete("/session", status_code=204)
def sign_out(held: Held, token: Annotated[str, Depends(token)], response: Response) -> None:
    held.accounts.sign_out(token)
    response.delete_cookie(COOKIE)


Administrator = Annotated[UserRow, Depends(allowed(Permission.ACCOUNTS))]


@router.get("/users")
def users(_: Administrator, held: Held) -> list[UserShown]:
    return [_user(u) for u in held.accounts.every()]


@router.post("/users", status_code=201)
def add_user(asked: NewUser, _: Administrator, held: Held) -> UserShown:
    try:
        return _user(held.accounts.add(asked.name, asked.password, asked.role))
    except AccountError as error:
        raise ProblemError(422, f"{error}。") from error


@router.patch("/users/{name}")
def change_user(name: str, asked: UserChange, by: Administrator, held: Held) -> UserShown:
    """An administrator cannot lock himself out."""
    if name == by.name:
        raise ProblemError(422, "不能改自己的角色或停用自己。")
    try:
        return _user(held.accounts.change(name, asked.role, asked.disabled))
    except AccountError as error:
        raise ProblemError(404, f"{error}。") from error


def _user(user: UserRow) -> UserShown:
    return UserShown(name=user.name, role=Role(user.role), disabled=user.disabled)
