"""What was typed into a field → its value, or what is wrong with it, in plain Chinese. Pure; knows no form as a whole."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from .conditions import parse_range
from .schema import FieldKind, FormField, Record
from .schema.common import FactValue
from .yaml_reader import read_yaml


class TypedFile(Record):
    """A file that would be handed in: its name and size in bytes, never its content."""

    name: str
    size: int


Typed = bool | str | TypedFile


class FieldWrong(ValueError):
    """The message tells the person what to do."""


class _Pattern(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    pattern: str
    message: str
    fictitious: str


class FieldRules(BaseModel):
    """field_checks.yaml; the meaning of each entry stands there."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    provinces: frozenset[str]
    oldest_years: int
    patterns: dict[str, _Pattern]
    fictitious: dict[FieldKind, str]
    numbers_in_text: dict[FieldKind, str]
    words: dict[str, str]

    def wrong(self, name: str, **values: object) -> FieldWrong:
        return FieldWrong(self.words[name].format(**values))


@lru_cache(maxsize=1)
def field_rules() -> FieldRules:
    return FieldRules.model_validate(read_yaml((Path(__file__).parent / "field_checks.yaml").read_bytes()))


ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_DIGITS = "10X98765432"
CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def id_digit(first: str) -> str:
    """Check digit of an identity number's first 17 digits: GB 11643-1999, ISO 7064 MOD 11-2."""
    return ID_DIGITS[sum(int(c) * w for c, w in zip(first, ID_WEIGHTS, strict=True)) % 11]


def credit_digit(first: str) -> str:
    """Check character of a unified social credit code's first 17: GB 32100-2015, MOD 31 with weights 3^i."""
    total = sum(CREDIT_CHARACTERS.index(c) * pow(3, i, 31) for i, c in enumerate(first))
    return CREDIT_CHARACTERS[-total % 31]


def luhn(number: str) -> bool:
    """ISO/IEC 7812-1, annex B: the check digit of a bank card."""
    doubled = (int(c) * (1 + i % 2) for i, c in enumerate(reversed(number)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def years_between(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def plain_text(typed: Typed) -> str:
    """Full-width digits and letters as half-width, without spaces around."""
    return unicodedata.normalize("NFKC", typed).strip() if isinstance(typed, str) else ""


def is_empty(field: FormField, typed: Typed | None) -> bool:
    """Nothing typed, chosen or ticked; 「no」 is an answer."""
    unticked = typed is False and field.kind is FieldKind.CONFIRMATION
    return typed is None or unticked or (isinstance(typed, str) and not typed.strip())


def _digits(typed: Typed) -> str:
    return re.sub(r"[\s-]", "", plain_text(typed)).upper()


def _id_number(typed: Typed, today: date) -> str:
    rules, number = field_rules(), _digits(typed)
    if len(number) != 18:
        raise rules.wrong("id_length", length=len(number))
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise rules.wrong("id_characters")
    if number[:2] not in rules.provinces:
        raise rules.wrong("id_province")
    born = birth_of(number)
    if born is None or born > today or years_between(born, today) > rules.oldest_years:
        raise rules.wrong("id_birth", birth=number[6:14])
    if id_digit(number[:17]) != number[17]:
        raise rules.wrong("id_digit")
    return number


def birth_of(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _mobile(typed: Typed) -> str:
    number = plain_text(typed).replace(" ", "")
    if not re.fullmatch(r"1[3-9][0-9]{9}", number):
        raise field_rules().wrong("mobile")
    return number


def _credit_code(typed: Typed) -> str:
    rules, code = field_rules(), _digits(typed)
    if len(code) != 18:
        raise rules.wrong("credit_length", length=len(code))
    if set(code) - set(CREDIT_CHARACTERS):
        raise rules.wrong("credit_characters")
    if credit_digit(code[:17]) != code[17]:
        raise rules.wrong("credit_digit")
    return code


def _bank_card(typed: Typed) -> str:
    rules, number = field_rules(), _digits(typed)
    if not re.fullmatch(r"[0-9]{16,19}", number):
        raise rules.wrong("bank_length", length=len(number))
    if not luhn(number):
        raise rules.wrong("bank_digit")
    return number


def _number(typed: Typed) -> float:
    text = plain_text(typed)
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,4})?", text):
        raise field_rules().wrong("number")
    return float(text)


def read_date(typed: Typed) -> date | None:
    text = plain_text(typed)
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def _date(typed: Typed) -> str:
    found = read_date(typed)
    if found is None:
        raise field_rules().wrong("date")
    return found.isoformat()


def read_value(field: FormField, typed: Typed, options: Mapping[str, str], today: date) -> FactValue:
    """The value that conditions compare; raises FieldWrong. `options` are value → label of a choice or region.

    A file's value is its name, a confirmation's true.
    """
    match field.kind:
        case FieldKind.ID_NUMBER:
            return _id_number(typed, today)
        case FieldKind.MOBILE:
            return _mobile(typed)
        case FieldKind.CREDIT_CODE:
            return _credit_code(typed)
        case FieldKind.BANK_CARD:
            return _bank_card(typed)
        case FieldKind.NUMBER:
            return _number(typed)
        case FieldKind.DATE:
            return _date(typed)
        case FieldKind.CHOICE | FieldKind.REGION:
            if not isinstance(typed, str) or typed not in options:
                raise field_rules().wrong("choice" if field.kind is FieldKind.CHOICE else "region")
            return typed
        case FieldKind.YES_NO | FieldKind.CONFIRMATION:
            return _yes_no(typed)
        case FieldKind.FILE:
            return _file(typed)
        case FieldKind.TEXT | FieldKind.LONG_TEXT:
            return plain_text(typed)


def _yes_no(typed: Typed) -> bool:
    if isinstance(typed, bool):
        return typed
    if typed not in ("true", "false"):
        raise field_rules().wrong("choice")
    return typed == "true"


def _file(typed: Typed) -> str:
    if not isinstance(typed, TypedFile) or typed.size <= 0:
        raise field_rules().wrong("file_empty")
    return typed.name


def range_text(text: str) -> str:
    """`>=2 <=30` → 在2到30之间."""
    r = parse_range(text)
    low, high = (f"{n:g}" for n in (r.low, r.high))
    if low == "-inf":
        return f"不超过{high}" if r.high_in else f"小于{high}"
    if high == "inf":
        return f"不少于{low}" if r.low_in else f"大于{low}"
    if r.low == r.high:
        return f"正好是{low}"
    if r.low_in and r.high_in:
        return f"在{low}到{high}之间"
    return f"{'不少于' if r.low_in else '大于'}{low}、{'不超过' if r.high_in else '小于'}{high}"
