"""When the row appears, and when it never does: chats as people type them."""

from __future__ import annotations

import pytest
from tests.device.said import NOW, bundle

from pittari.device.matching import matches
from pittari.device.person import Person, Switches, Uses
from pittari.device.silence import Reason, silent
from pittari.learning.tags.meanings import meanings
from pittari.text.language import language

DAY = NOW // 86_400_000_000

WANTED = [
    "おは", "oha", "オハ", "ohay", "ohayou", "おはよー！", "おはようございます", "お早う",
    "good mor", "Good morning!", "こんにちは", "こんばんはー",
    "はじめまして。よろしくお願いします！", "おつ", "おつかれさまです〜", "お疲れ様でした。",
    "ありがと", "arigato", "ｱﾘｶﾞﾄ", "ありがとうございますー",
    "ありがとうございました！またお願いします", "あざっす", "thx", "Thank you so much!!", "了解",
    "りょ", "わかりました！", "OK!", "ok", "got it", "わかる〜", "そうですね", "それな",
    "なるほどー", "たしかに", "すごーい！", "さすがです", "いいねー", "素敵ですね", "最高！",
    "かわいい", "well done!", "おめでとう🎉", "congrats!!", "誕生日おめでとう！",
    "happy birthday mom!", "がんばれー", "がんばって！", "good luck!", "おやすみ〜",
    "おやすみ〜また明日", "good night", "またね", "see you tomorrow", "ばいばーい", "ごめんね",
    "ごめん！", "sorry!!", "i love you", "大好き", "lol", "hahaha", "草", "www", "😂", "うれしい！",
    "やったー", "楽しみ", "can't wait", "まじで？", "omg", "つかれた", "ねむい", "お腹すいた",
    "いまどこ？", "お大事に", "🎉", "👍🏽",
]  # fmt: skip
UNWANTED = [
    "today I went to the store", "I'm going to be late for the meeting because of traffic",
    "the report is due on monday", "call me when you get home", "do you want coffee or tea",
    "we should go there", "send me the file before noon", "今日はラーメンを食べに行った",
    "明日の会議は10時からです", "駅前のスーパーで牛乳を買ってきて",
    "昨日の資料を確認しておいてください", "電車が遅れているのであと10分かかります",
    "彼は元気だろうか", "来週の予定を教えてもらえますか",
    "犬を飼っているのですが、毎朝散歩しています", "さっきの話だけど、いいねと言った人は誰だっけ",
    "ありがとうとは言えない", "全然うれしくない", "not happy", "don't thank me", "今日は", "私は",
    "the", "a", "i", "…", "?", "",
]  # fmt: skip
TROUBLE = [
    "祖母が亡くなりました", "昨日お葬式でした", "父は余命半年です", "癌と診断された",
    "入院することになった", "救急車を呼んだ", "離婚することにした", "もう別れよう",
    "警察に行きます", "いじめられている", "地震で避難しています", "死にたい",
    "my grandpa passed away", "she was diagnosed with cancer", "I'm in the hospital", "we broke up",
    "I hate you", "he got fired", "there was a car accident", "I want to die",
]  # fmt: skip
HARMLESS = [
    "がんばれ", "がんばります！", "待ってろ", "やめられなくなった", "楽しいしね",
    "レストラン行こう", "dead tired", "skill", "strip", "Keystroke", "がーん", "いかないんかい",
    "スタジアム", "退屈だ",
]  # fmt: skip


def asked(text: str, person: Person | None = None, **more: object) -> Reason | None:
    found = matches(bundle(), text)
    return silent(bundle(), found, person or Person(), at=NOW, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", WANTED)
def test_what_people_answer_with_a_sticker_brings_the_row(text: str) -> None:
    assert asked(text) is None


@pytest.mark.parametrize("text", UNWANTED)
def test_what_says_something_of_its_own_does_not(text: str) -> None:
    assert asked(text) in ("unsure", "no_match")


@pytest.mark.parametrize("trouble", TROUBLE)
def test_trouble_silences_the_text_and_the_messages_after_it(trouble: str) -> None:
    assert asked(f"{trouble}。ありがとう") == "veto"
    assert asked("ありがとう", recent=["そうだね", trouble]) == "veto"


@pytest.mark.parametrize("text", HARMLESS)
def test_words_of_trouble_in_other_words_silence_nothing(text: str) -> None:
    assert asked("ありがとう", recent=[text]) is None


@pytest.mark.parametrize("text", WANTED)
def test_the_more_a_message_says_besides_the_quieter(text: str) -> None:
    rest = "鑿躅轢"  # letters of no keyword
    heard = [asked(f"{text} {rest * count}") is None for count in range(8)]
    assert heard == sorted(heard, reverse=True)
    assert heard[0]
    assert not heard[-1]


def test_a_word_that_somebody_often_sends_stickers_for_is_answered_sooner() -> None:
    assert asked("neko") is None
    assert asked("nek") == "unsure"
    fond = Person(tags={"ねこ": Uses(40 * 256, DAY)})
    assert asked("nek", fond) is None
    tired = Person(tags={"ねこ": Uses(40 * 256, DAY - 900)})
    assert asked("nek", tired) == "unsure"


def test_who_ignores_rows_in_a_room_sees_fewer_there_and_formulas_longest() -> None:
    def shown(ignored: int, text: str, room: str = "r") -> bool:
        return asked(text, Person(ignored={"r": ignored}), room=room) is None

    assert shown(2, "ねこ")
    assert not shown(6, "ねこ")
    assert shown(6, "ねこ", "other")
    assert shown(6, "お腹すいた")
    assert shown(1_000, "ありがとう")
    assert not shown(1_000, "お腹すいた")


def test_switched_off_is_off_whatever_is_typed() -> None:
    assert asked("ありがとう", Person(switches=Switches(off=True))) == "off"
    here = Person(switches=Switches(rooms={"r"}))
    assert asked("ありがとう", here, room="r") == "room"
    assert asked("ありがとう", here, room="s") is None


def test_wishes_and_thanks_hold_no_word_of_trouble() -> None:
    trouble = [word for some in language("ja", "en").veto.values() for word in some]
    for tag in ("ありがとう", "おめでとう", "がんばれ", "おやすみ", "了解", "ごめん", "それな"):
        for form in meanings().by_tag[tag].forms:
            assert not any(word in form for word in trouble if not word.isascii()), form
