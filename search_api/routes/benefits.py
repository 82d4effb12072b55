"""Which benefits somebody is entitled to, and what to ask next."""

from typing import Annotated

from fastapi import APIRouter, Depends

from knowledge_base.benefit_question import next_question
from knowledge_base.benefits import match
from knowledge_base.city import City

from .. import benefit_pages
from ..benefit_payloads import BenefitRequest, BenefitResponse
from ..resources import city

router = APIRouter(prefix="/v1", tags=["benefits"])


@router.post("/benefits")
def benefits(asked: BenefitRequest, city: Annotated[City, Depends(city)]) -> BenefitResponse:
    """Who qualifies, which condition failed, which data is missing, each with its clause; nothing is stored."""
    known, dropped = benefit_pages.used(city, dict(asked.facts))
    facts = {k.fact: k.value for k in known}
    return BenefitResponse(
        question=next_question(city, facts, asked.audience),
        matches=[benefit_pages.shown(city, found) for found in match(city, facts, asked.audience)],
        facts=known,
        dropped=dropped,
        notice=city.info.sample_notice,
    )
