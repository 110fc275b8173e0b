"""Receipts as a till prints them: nothing lost, nothing wider than the paper, every amount at its edge."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import width

from cafe_graphql.core.errors import Unanswerable
from cafe_graphql.core.receipts import Receipt
from cafe_graphql.printing import slips, till
from cafe_graphql.printing.slips import Row, Slip, Weight
from tests.printing import shelf


def printed(receipt: Receipt, columns: int = till.USUAL_WIDTH) -> str:
    return till.text(slips.of(receipt), columns)


def test_a_lunch_with_everything_on_it() -> None:
    assert printed(shelf.LUNCH) == (
        "               Corner Café\n"
        "             Receipt R-000042\n"
        "               Order A-017\n"
        "          May 1, 2026, 12:00 PM\n"
        "------------------------------------------\n"
        "2 × Latte                           $11.20\n"
        "  2 × $5.60\n"
        "  Oat milk\n"
        "  Medium (+$0.50)\n"
        "  2 × Extra shot (+$1.60)\n"
        "1 × Almond croissant, baked this     $4.20\n"
        "  morning by Wendela\n"
        "------------------------------------------\n"
        "Subtotal                            $15.40\n"
        "Happy hour                          -$3.08\n"
        "Points redeemed                     -$1.00\n"
        "Sales tax 8.875% on $11.32           $1.00\n"
        "Tip                                  $1.54\n"
        "Total                               $13.86\n"
        "------------------------------------------\n"
        "Cash                                 $5.00\n"
        "Card Visa ····4242                   $8.86\n"
        "------------------------------------------\n"
        "                Thank you!\n"
    )


def test_a_refund_says_of_what_and_why() -> None:
    assert printed(shelf.COLD_LATTE, 32) == (
        "          Corner Café\n"
        "        Refund R-000043\n"
        "      For receipt R-000042\n"
        "          Order A-017\n"
        "     May 1, 2026, 12:00 PM\n"
        "--------------------------------\n"
        "Given back                 $5.60\n"
        "Includes Sales tax 8.875%  $0.40\n"
        "  on $4.57\n"
        "--------------------------------\n"
        "Card Visa ····4242         $5.60\n"
        "--------------------------------\n"
        "Reason: The second latte was\n"
        "  cold, and nobody had noticed\n"
        "  in time\n"
        "--------------------------------\n"
        "           Thank you!\n"
    )


def test_in_vienna_it_is_german_and_tells_the_tax_of_each_rate() -> None:
    assert printed(shelf.VIENNESE) == (
        " Kaffeehaus zur großen Freundlichkeit am\n"
        "                Donaukanal\n"
        "              Beleg R-000007\n"
        "             Bestellung A-003\n"
        "            01.05.2026, 18:00\n"
        "------------------------------------------\n"
        "2 × Großer Brauner                  € 9,60\n"
        "  2 × € 4,80\n"
        "  Hafermilch (+€ 0,50)\n"
        "1 × Sachertorte                     € 5,90\n"
        "------------------------------------------\n"
        "Summe                              € 15,50\n"
        "Enthält USt. 20 % auf € 8,00        € 1,60\n"
        "Enthält USt. 10 % auf € 5,36        € 0,54\n"
        "------------------------------------------\n"
        "Bar                                € 15,50\n"
        "------------------------------------------\n"
        "               Vielen Dank!\n"
    )


def test_letters_of_double_width_stand_in_line() -> None:
    assert printed(shelf.JAPANESE, 32) == (
        "          喫茶店さくら\n"
        "        領収書 R-000001\n"
        "         注文番号 A-001\n"
        "        2026/05/02 1:00\n"
        "--------------------------------\n"
        "2 × 抹茶ラテ             ￥1,300\n"
        "  2 × ￥650\n"
        "  大\n"
        "  オーツミルク (+￥50)\n"
        "1 × ほうじ茶とわらび餅の ￥1,200\n"
        "  セット\n"
        "--------------------------------\n"
        "合計                     ￥2,500\n"
        "内 消費税 8% 対象 ￥2,315  ￥185\n"
        "--------------------------------\n"
        "現金                     ￥2,500\n"
        "--------------------------------\n"
        "     ありがとうございました\n"
    )


@pytest.mark.parametrize("receipt", shelf.ALL, ids=lambda receipt: receipt.issuer.name)
@pytest.mark.parametrize("columns", [till.MIN_WIDTH, 24, 32, 42, 48, till.MAX_WIDTH])
def test_no_line_is_wider_than_the_paper_and_every_amount_ends_at_its_edge(receipt: Receipt, columns: int) -> None:
    slip = slips.of(receipt)
    amounts = [row.amount.replace("\xa0", " ") for block in slip.blocks for row in block if row.amount]

    lines = till.text(slip, columns).splitlines()

    assert all(width(line) <= columns for line in lines)
    assert sum(width(line) == columns and line.endswith(tuple(amounts)) for line in lines) >= len(amounts)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=80)
SLIPS = st.builds(
    Slip,
    language=st.just("en"),
    from_the_right=st.booleans(),
    issuer=TEXTS,
    headings=st.lists(TEXTS, min_size=1, max_size=3).map(tuple),
    blocks=st.lists(
        st.lists(
            st.builds(
                Row, TEXTS, st.sampled_from(["", "$4.50", "￥1,300", "₫214,748,364,700"]), st.sampled_from(Weight)
            ),
            max_size=4,
        ).map(tuple),
        max_size=3,
    ).map(tuple),
    farewell=TEXTS,
)


@given(SLIPS, st.integers(till.MIN_WIDTH, till.MAX_WIDTH))
def test_whatever_it_says_no_line_is_wider_and_no_word_is_lost(slip: Slip, columns: int) -> None:
    text = till.text(slip, columns)

    assert all(width(line) <= columns for line in text.splitlines())
    said, put = ("".join("".join(texts).split()) for texts in (slip.texts(), (text,)))
    assert sorted(said.replace("-", "")) == sorted(put.replace("-", ""))


@pytest.mark.parametrize("columns", [-1, 0, 15, 201, 2**31 - 1])
def test_on_paper_that_no_till_has_it_is_refused_in_plain_words(columns: int) -> None:
    with pytest.raises(Unanswerable) as refusal:
        printed(shelf.LUNCH, columns)

    assert str(refusal.value) == (f"A receipt is from 16 to 200 columns wide, not {columns}; most paper has 42.")


def test_a_name_gives_the_printer_no_orders() -> None:
    receipt = replace(shelf.LUNCH, issuer=replace(shelf.CORNER, name="Corner\x1b@ Café\x07\u202e\nfor dogs"))

    assert printed(receipt).splitlines()[0].strip() == "Corner@ Café for dogs"
