"""What a receipt says besides names and figures, in every language that we speak: one table a language."""

from collections.abc import Mapping
from dataclasses import dataclass

from cafe_graphql.core.payments import Method


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; those with a `{}` stand around what is put there.

    Taxes are said with the café's own name for them and their rate, and then what they are the tax of.
    """

    sale: str
    refund: str
    order: str
    corrects: str
    subtotal: str
    tip: str
    points: str
    rounding: str
    tax: str
    tax_included: str
    total: str
    cash: str
    card: str
    repaid: str
    reason: str
    thanks: str

    def method(self, method: Method) -> str:
        """Say how somebody pays."""
        return {Method.CASH: self.cash, Method.CARD: self.card}[method]


WORDS: Mapping[str, Words] = {
    "en": Words(
        sale="Receipt {}",
        refund="Refund {}",
        order="Order {}",
        corrects="For receipt {}",
        subtotal="Subtotal",
        tip="Tip",
        points="Points redeemed",
        rounding="Rounding",
        tax="{} on {}",
        tax_included="Includes {} on {}",
        total="Total",
        cash="Cash",
        card="Card",
        repaid="Given back",
        reason="Reason: {}",
        thanks="Thank you!",
    ),
    "ar": Words(
        sale="إيصال {}",
        refund="إيصال استرداد {}",
        order="طلب {}",
        corrects="عن الإيصال {}",
        subtotal="المجموع الفرعي",
        tip="إكرامية",
        points="نقاط مستبدلة",
        rounding="تقريب",
        tax="{} على {}",
        tax_included="يشمل {} على {}",
        total="الإجمالي",
        cash="نقدًا",
        card="بطاقة",
        repaid="المبلغ المسترد",
        reason="السبب: {}",
        thanks="شكرًا لكم!",
    ),
    "de": Words(
        sale="Beleg {}",
        refund="Gutschrift {}",
        order="Bestellung {}",
        corrects="Zu Beleg {}",
        subtotal="Zwischensumme",
        tip="Trinkgeld",
        points="Eingelöste Punkte",
        rounding="Rundung",
        tax="{} auf {}",
        tax_included="Enthält {} auf {}",
        total="Summe",
        cash="Bar",
        card="Karte",
        repaid="Zurückgezahlt",
        reason="Grund: {}",
        thanks="Vielen Dank!",
    ),
    "es": Words(
        sale="Recibo {}",
        refund="Devolución {}",
        order="Pedido {}",
        corrects="Del recibo {}",
        subtotal="Subtotal",
        tip="Propina",
        points="Puntos canjeados",
        rounding="Redondeo",
        tax="{} sobre {}",
        tax_included="Incluye {} sobre {}",
        total="Total",
        cash="Efectivo",
        card="Tarjeta",
        repaid="Devuelto",
        reason="Motivo: {}",
        thanks="¡Gracias!",
    ),
    "fr": Words(
        sale="Reçu {}",
        refund="Avoir {}",
        order="Commande {}",
        corrects="Pour le reçu {}",
        subtotal="Sous-total",
        tip="Pourboire",
        points="Points utilisés",
        rounding="Arrondi",
        tax="{} sur {}",
        tax_included="Dont {} sur {}",
        total="Total",
        cash="Espèces",
        card="Carte",
        repaid="Remboursé",
        reason="Motif : {}",
        thanks="Merci !",
    ),
    "ja": Words(
        sale="領収書 {}",
        refund="返金書 {}",
        order="注文番号 {}",
        corrects="元の領収書 {}",
        subtotal="小計",
        tip="チップ",
        points="ポイント利用",
        rounding="端数調整",
        tax="{} 対象 {}",
        tax_included="内 {} 対象 {}",
        total="合計",
        cash="現金",
        card="カード",
        repaid="返金額",
        reason="理由: {}",
        thanks="ありがとうございました",
    ),
}
"""By ISO 639 language; to speak another, add its table here."""


def of(language: str) -> Words:
    """Give the words of a language; English for one that we do not speak."""
    return WORDS.get(language, WORDS["en"])
