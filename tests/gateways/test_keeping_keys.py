"""Keys at hand: fetched once for all, fetched again when they age or one is missing, kept while the issuer is away."""

import asyncio
import time

import pytest

from cafe_graphql.gateways.oidc import Issuer, Patience, Unreachable, Untrusted
from tests.gateways.forge import CONFIGURATION, KEYS, Forge, jwk, says

PATIENCE = Patience(lifetime=600, kept=86_400, cooldown=30, retry=5, timeout=30)
NOT_PUBLISHED = "not publish"


async def let_in(issuer: Issuer, *tokens: str) -> int:
    """Give how many of the tokens are good; the others must be of unknown keys."""
    told = await asyncio.gather(*map(issuer.verify, tokens), return_exceptions=True)
    refused = [error for error in told if isinstance(error, BaseException)]
    assert all(isinstance(error, Untrusted) and NOT_PUBLISHED in str(error) for error in refused), refused
    return len(told) - len(refused)


async def settled() -> None:
    """Wait until what runs beside the test has ended."""
    if beside := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(beside, timeout=30)


def fetches(forge: Forge) -> int:
    """Give how often the issuer was asked, each time for both documents."""
    assert forge.asked[CONFIGURATION] == forge.asked[KEYS]
    return forge.asked[KEYS]


def test_a_thousand_tokens_take_one_fetch(forge: Forge) -> None:
    async def a_busy_morning() -> None:
        issuer = forge.issuer(patience=PATIENCE)
        assert await let_in(issuer, *(forge.token(sub=f"guest-{number % 10}") for number in range(100))) == 100
        assert await let_in(issuer, *[forge.token()] * 900) == 900

    asyncio.run(a_busy_morning())

    assert fetches(forge) == 1


def test_keys_are_fetched_ahead_when_asked_to(forge: Forge) -> None:
    async def opening() -> None:
        issuer = forge.issuer(patience=PATIENCE)
        await issuer.warm_up()
        await issuer.warm_up()
        assert await let_in(issuer, forge.token()) == 1

    asyncio.run(opening())

    assert fetches(forge) == 1


def test_made_up_keys_do_not_make_us_ask_again_and_again(forge: Forge) -> None:
    async def a_flood() -> None:
        issuer = forge.issuer(patience=PATIENCE)
        for _ in range(4):
            flood = [forge.token("forger", {"kid": f"made-up-{number}"}) for number in range(50)]
            assert await let_in(issuer, *flood, forge.token()) == 1
            forge.ticks.now += 10

    asyncio.run(a_flood())

    assert fetches(forge) == 2  # the first, and another after 30 s


def test_a_new_key_is_found_once_the_cooldown_is_over(forge: Forge) -> None:
    async def turning_summer() -> None:
        issuer = forge.issuer(patience=PATIENCE)
        old, new = forge.token("spring"), forge.token("summer")
        assert await let_in(issuer, old, new) == 1
        forge.publish(jwk("summer"), jwk("spring"))
        forge.ticks.now += 29.9
        assert await let_in(issuer, old, new) == 1
        forge.ticks.now += 0.1
        assert await let_in(issuer, old, new) == 2

    asyncio.run(turning_summer())

    assert fetches(forge) == 2


def test_a_key_that_was_taken_back_is_used_no_longer_than_its_lifetime(forge: Forge) -> None:
    async def a_leak() -> None:
        issuer = forge.issuer(patience=PATIENCE)
        assert await let_in(issuer, forge.token()) == 1
        forge.publish(jwk("summer"))
        forge.ticks.now += 599.9
        assert await let_in(issuer, forge.token()) == 1
        forge.ticks.now += 0.1
        assert await let_in(issuer, forge.token()) == 0

    asyncio.run(a_leak())

    assert fetches(forge) == 2


def test_known_keys_go_on_while_the_issuer_is_away_and_unknown_ones_wait(forge: Forge) -> None:
    async def an_outage() -> None:
        issuer = forge.issuer(patience=PATIENCE)
        assert await let_in(issuer, forge.token()) == 1
        forge.answers[KEYS] = says({}, 503)
        for _ in range(10):
            forge.ticks.now += 600
            assert await let_in(issuer, forge.token()) == 1
            await settled()
        with pytest.raises(Unreachable):
            await issuer.verify(forge.token("summer"))

    asyncio.run(an_outage())

    assert fetches(forge) == 11  # an unknown key comes too soon after the last attempt to cause another


def test_keys_are_forgotten_when_the_issuer_stays_away_for_too_long(forge: Forge) -> None:
    async def a_closure() -> None:
        issuer = forge.issuer(patience=PATIENCE)
        assert await let_in(issuer, forge.token()) == 1
        forge.answers[CONFIGURATION] = says({}, 404)
        forge.ticks.now += 86_399
        assert await let_in(issuer, forge.token()) == 1
        forge.ticks.now += 1
        with pytest.raises(Unreachable):
            await issuer.verify(forge.token())

    asyncio.run(a_closure())


def test_an_issuer_that_is_away_is_not_asked_by_everybody(forge: Forge) -> None:
    forge.answers[KEYS] = says({}, 503)

    async def a_cold_start() -> None:
        issuer = forge.issuer(patience=PATIENCE)
        told = await asyncio.gather(*[issuer.verify(forge.token()) for _ in range(50)], return_exceptions=True)
        assert {type(error) for error in told} == {Unreachable}
        with pytest.raises(Unreachable):
            await issuer.warm_up()
        assert fetches(forge) == 1

        forge.publish(jwk("spring"))
        forge.ticks.now += 5
        assert await let_in(issuer, forge.token()) == 1

    asyncio.run(a_cold_start())

    assert fetches(forge) == 2


def test_while_the_issuer_is_known_to_hang_known_keys_do_not_wait_for_it(forge: Forge) -> None:
    async def a_hanging_morning() -> None:
        issuer = forge.issuer(patience=Patience(timeout=0.1))
        assert await let_in(issuer, forge.token()) == 1
        answer, forge.answers[KEYS] = forge.answers[KEYS], lambda request: time.sleep(1)
        forge.ticks.now += 600
        assert await let_in(issuer, forge.token()) == 1  # this one finds out

        forge.ticks.now += 5
        before = len(asyncio.all_tasks())
        assert (await issuer.verify(forge.token())).subject == "ada"
        assert len(asyncio.all_tasks()) == before + 1  # the asking goes on beside
        forge.answers[KEYS] = answer
        await settled()

    asyncio.run(a_hanging_morning())


def test_one_who_leaves_does_not_take_the_fetch_from_the_others(forge: Forge) -> None:
    async def a_hurry() -> None:
        issuer = forge.issuer(patience=PATIENCE)
        hurried, patient = (asyncio.create_task(issuer.verify(forge.token(sub=sub))) for sub in ("ada", "grace"))
        await asyncio.sleep(0)
        hurried.cancel()
        assert (await patient).subject == "grace"
        assert hurried.cancelled()

    asyncio.run(a_hurry())

    assert fetches(forge) == 1


def test_a_fetch_that_was_cut_off_with_its_loop_is_made_anew(forge: Forge) -> None:
    issuer = forge.issuer(patience=Patience(retry=0, timeout=30))

    async def cut_off() -> None:
        asking = asyncio.create_task(issuer.verify(forge.token()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asking.cancel()

    asyncio.run(cut_off())

    assert asyncio.run(issuer.verify(forge.token())).subject == "ada"


def test_an_issuer_on_this_machine_is_not_asked_through_a_proxy(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    assert asyncio.run(forge.issuer().verify(forge.token())).subject == "ada"
