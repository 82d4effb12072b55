"""Turns of a conversation on the real index, without Rasa: what each act does to the state and what it comes to."""

import pytest

from answers.ask import ask
from answers.desk import Desk
from answers.dialogue import ACTS, DialogueState, Reply, Said
from knowledge_base.navigation import tokens

OPENING = "我想在站前区开个小饭馆，要办啥"


class Talk:
    """A conversation: `do` one act after another, the last reply and state stay at hand."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.state = desk, DialogueState()
        self.reply = Reply(outcome="")

    def do(self, act: str, text: str = "", field: str = "", token: str = "") -> Reply:
        before = self.state.model_copy(deep=True)
        after, self.reply = ACTS[act](self.desk, self.state, Said(text, token, field))
        assert self.state == before, "an act changed the state it was given"
        self.state = after
        return self.reply

    def press(self, label: str) -> Reply:
        token = next(o.id for o in self.reply.options if label in o.label)
        return self.do("choose", token=token)


@pytest.fixture
def talk(desk: Desk) -> Talk:
    return Talk(desk)


def restaurant(talk: Talk) -> Talk:
    talk.do("find", OPENING)
    for text in ("个体的", "六十来平", "我自己干"):
        if talk.state.pending:
            talk.do("answer", text)
    assert talk.reply.outcome == "bundle_ready"
    return talk


def test_own_words_lead_to_the_bundle_in_the_exact_situation(talk: Talk) -> None:
    assert talk.do("find", OPENING).outcome == "ask_fact"
    assert talk.state.target == "open-restaurant"
    assert talk.state.facts["region"] == "210802"
    card = restaurant(talk).reply.cards[-1].card
    assert card is not None
    assert card["region_name"] == "站前区"
    assert card["materials"]
    assert all(m["reason"] and m["submission"] for m in card["materials"])
    assert {p["region_name"] for p in card["places"]} == {"站前区"}


def test_what_was_said_is_never_asked(talk: Talk) -> None:
    talk.do("find", "我想在站前区开个六十来平的小饭馆，个体的")
    asked = []
    while talk.reply.outcome == "ask_fact":
        asked.append(talk.state.pending)
        talk.do("choose", token=talk.reply.options[0].id)
    assert talk.reply.outcome == "bundle_ready"
    assert not {"region", "entity_type", "premises_area"} & set(asked)


@pytest.mark.parametrize(
    ("field", "text"), [("fee", "那要多少钱"), ("place", "去哪办"), ("limit", "要几天"), ("materials", "要带啥")]
)
def test_follow_ups_are_answered_for_it(talk: Talk, field: str, text: str) -> None:
    reply = restaurant(talk).do("field", text, field=field)
    assert reply.outcome == "field_answer"
    assert reply.values["title"] == "开餐饮店一件事"
    assert reply.values["answer"]


def test_a_material_named_is_answered_by_itself(talk: Talk) -> None:
    reply = restaurant(talk).do("field", "身份证要原件吗", field="original")
    assert "身份证」" in reply.values["answer"]
    assert talk.state.target == "open-restaurant"


def test_another_district_changes_only_the_district(talk: Talk) -> None:
    before = dict(restaurant(talk).state.facts)
    reply = talk.do("change", "换成鲅鱼圈")
    assert {**before, "region": "210804"} == talk.state.facts
    card = reply.cards[-1].card
    assert card is not None
    assert {p["region_name"] for p in card["places"]} == {"鲅鱼圈区"}


def test_a_correction_keeps_the_other_answers(talk: Talk) -> None:
    before = dict(restaurant(talk).state.facts)
    talk.do("change", "我说错了，是公司")
    while talk.reply.outcome == "ask_fact":
        talk.do("choose", token=talk.reply.options[0].id)
    assert talk.state.facts["entity_type"] == "company"
    assert {f: v for f, v in talk.state.facts.items() if f != "entity_type"} == {
        f: v for f, v in before.items() if f != "entity_type"
    }


def test_a_pressed_option_of_an_older_question_changes_that_answer(talk: Talk) -> None:
    talk.do("find", OPENING)
    company = next(o.id for o in talk.reply.options if "公司" in o.label)
    restaurant(talk)
    talk.do("choose", token=company)
    assert talk.state.facts["entity_type"] == "company"


def test_not_knowing_has_a_way_on(talk: Talk) -> None:
    talk.do("find", OPENING)
    for _ in range(6):
        if talk.state.pending is None:
            break
        talk.do("unknown", "不知道")
    assert talk.reply.outcome == "bundle_ready"
    card = talk.reply.cards[-1].card
    assert card is not None
    assert any(m["conditional"] for m in card["materials"])


def test_half_an_answer_leads_to_the_rest(talk: Talk) -> None:
    talk.do("find", "我要办身份证")
    assert "丢了或被偷了补办，已满16周岁" in [o.label for o in talk.reply.options]
    talk.do("answer", "让人偷了")
    assert talk.state.facts == {"id_card_matter": "lost"}
    assert talk.state.pending == "is_minor"
    talk.press("未满16周岁")
    assert talk.reply.outcome == "guide_ready"


def test_the_first_time_is_no_first_option(talk: Talk) -> None:
    talk.do("find", "想办护照")
    talk.do("answer", "第一次，孩子8岁")
    assert talk.state.facts["is_minor"] is True
    assert talk.reply.outcome == "guide_ready"


def test_another_matter_named_while_a_question_is_open_is_no_answer_to_it(talk: Talk) -> None:
    talk.do("find", "孩子满月了要报户口")
    assert talk.state.pending
    talk.do("find", "身份证丢了")
    assert talk.state.target == "resident-id-card"


def test_not_knowing_asks_one_by_one_and_back_leads_out_of_it(talk: Talk) -> None:
    talk.do("find", "我要办身份证")
    together = talk.reply.options
    talk.do("unknown", "不清楚")
    assert talk.reply.outcome == "ask_fact"
    assert [o.label for o in talk.reply.options] != [o.label for o in together]
    assert all("，" not in o.label for o in talk.reply.options)
    assert talk.do("back").options == together
    talk.press("丢了或被偷了补办，已满16周岁")
    assert talk.reply.outcome == "guide_ready"
    assert talk.do("back").options == together, "an answer is taken back whole"


def test_one_step_back_asks_the_last_answer_again(talk: Talk) -> None:
    talk.do("find", OPENING)
    first = talk.state.pending
    talk.do("answer", "个体的")
    talk.do("back")
    assert talk.state.pending == first
    assert first not in talk.state.facts


def test_starting_anew_forgets(talk: Talk) -> None:
    restaurant(talk).do("restart")
    assert talk.state == DialogueState()
    assert talk.do("field", "多少钱", field="fee").outcome == "no_target"


def test_another_matter_named_in_a_follow_up_is_taken_up(talk: Talk) -> None:
    restaurant(talk).do("field", "补办身份证要多少钱", field="fee")
    assert talk.state.target == "resident-id-card"
    assert "40" in talk.reply.values["answer"]
    assert talk.reply.values["opening"] == "居民身份证申领、换领、补领"


@pytest.mark.parametrize("text", ["帮我写一首关于大海的诗", "明天股票会涨吗", "asdfghjkl"])
def test_what_is_not_ours_is_said_to_be_not(talk: Talk, text: str) -> None:
    assert talk.do("ask", text).outcome in ("out_of_scope", "no_guide_found")
    assert talk.state.target is None


def test_another_spelling_is_asked_about_and_never_taken_unasked(talk: Talk) -> None:
    reply = talk.do("find", "执业证的审请")
    assert talk.state.target is None
    assert reply.options[0].label == "您是不是要找「执业证的申请」"
    asked = talk.press("您是不是要找")
    assert not any("您是不是要找" in o.label for o in asked.options)


@pytest.mark.parametrize("act", ["find", "answer", "ask"])
def test_a_misspelt_other_matter_is_no_answer_by_its_likeness(talk: Talk, act: str) -> None:
    talk.do("find", "孩子出生登记")
    before = talk.state
    assert before.pending, "a question is open"
    reply = talk.do(act, "执业证的审请")
    if act != "answer":  # whoever answers is asked again
        assert any(o.label == "您是不是要找「执业证的申请」" for o in reply.options)
    assert talk.state.facts == before.facts


@pytest.mark.parametrize("act", ["find", "answer"])
def test_another_matter_named_while_a_question_is_open_is_taken_up(talk: Talk, act: str) -> None:
    talk.do("find", "孩子出生登记")
    before = talk.state.target
    assert talk.state.pending, "a question is open"
    talk.do(act, "护照丢了怎么补办")
    assert talk.state.target not in (None, before)


def test_a_place_called_by_name_is_told_about(talk: Talk) -> None:
    place = next(p for p in talk.desk.city.places.values() if p.kind == "service-center" and p.region == "210804")
    reply = talk.do("field", f"{place.name}在哪", field="place")
    assert place.name in reply.values["answer"]
    assert "以官方公布为准" in reply.values["answer"] or place.address in reply.values["answer"]


def test_an_faq_is_answered_with_its_source(talk: Talk) -> None:
    faq = next(f for f in talk.desk.city.faqs.values() if f.popularity >= 0.3 and f.basis)
    reply = talk.do("ask", faq.question)
    assert reply.outcome == "faq_answer"
    assert reply.values["source"]


def test_help_in_person_tells_what_was_said_so_far(talk: Talk) -> None:
    reply = restaurant(talk).do("handover")
    card = reply.cards[0].card
    assert card is not None
    assert card["phone"] == "12345"
    assert "开餐饮店" in card["subject"]
    assert "个体" in card["subject"]


def test_a_token_that_never_was_is_refused_kindly(talk: Talk) -> None:
    talk.do("find", OPENING)
    before = talk.state
    for token in ("", "zzz", tokens.encode("a", "no-such", "x", 1), tokens.encode("q"), tokens.encode("r", "999999")):
        assert talk.do("choose", token=token).outcome == "unclear_answer"
    assert talk.state == before


def test_who_cannot_fill_the_form_is_offered_its_rehearsal(talk: Talk) -> None:
    talk.do("find", "租房想提公积金")
    reply = talk.do("field", "网上申报不会弄", field="online")
    assert reply.outcome == "field_answer"
    assert "演练" in reply.values["answer"]
    (card,) = reply.cards
    assert card.type == "rehearsal"
    assert card.card is not None
    assert [r["id"] for r in card.card["rehearsals"]] == ["rehearse-fund-rent"]


def test_where_no_form_can_be_practised_none_is_offered(talk: Talk) -> None:
    talk.do("find", "补办身份证")
    reply = talk.do("field", "网上怎么填", field="online")
    assert [c.type for c in reply.cards] == []
    assert "演练" not in reply.values["answer"]


def test_facts_are_read_from_a_sure_other_spelling_which_is_told(talk: Talk) -> None:
    reply = talk.do("find", "公司想变更法定带表人")
    assert talk.state.facts["change_matter"] == "person"
    assert reply.values["meant"] == "公司想变更法定代表人"
    talk.do("restart")
    assert "meant" not in talk.do("find", "公司想变更法定代表人").values
    assert talk.state.facts["change_matter"] == "person"


@pytest.mark.parametrize("act", ["answer", "find", "ask"])
def test_an_answer_is_read_from_a_sure_other_spelling(talk: Talk, act: str) -> None:
    talk.do("find", "公司要变更")
    assert talk.state.pending == "change_matter"
    reply = talk.do(act, "法定带表人")
    assert talk.state.facts["change_matter"] == "person"
    assert reply.values["meant"] == "法定代表人"


def test_a_question_by_itself_is_answered_for_what_was_meant_and_says_so(desk: Desk) -> None:
    misspelt, right = ask(desk, "公司想变更法定带表人"), ask(desk, "公司想变更法定代表人")
    assert (misspelt.text, misspelt.question) == (right.text, right.question)
    assert misspelt.meant == "公司想变更法定代表人"
    assert right.meant is None
