"""Receipts as callers see them: what they are for, and where and how to print them."""

from datetime import datetime
from typing import Annotated

import strawberry

from cafe_graphql.core import receipts
from cafe_graphql.printing import slips, till
from cafe_graphql.schema.context import Info
from cafe_graphql.schema.enums import ReceiptKind

PATH = "/receipts/"


@strawberry.type(description="A receipt in the café's language: issued once, and never changed by what happens later.")
class Receipt:
    number: str = strawberry.field(description="Counts all receipts of the café on by one, refunds too. `R-000042`.")
    kind: ReceiptKind = strawberry.field(description="What it is for.")
    issued_at: datetime = strawberry.field(description="When it was issued.")
    source: strawberry.Private[receipts.Receipt]

    @strawberry.field(description="The receipt as text for a printer at the till, no line wider than its paper.")
    def text(
        self,
        width: Annotated[
            int,
            strawberry.argument(
                description=f"Columns of the paper, from {till.MIN_WIDTH} to {till.MAX_WIDTH}: 42 or 48 on 80 mm,"
                " 32 on 58 mm."
            ),
        ] = till.USUAL_WIDTH,
    ) -> str:
        return till.text(slips.of(self.source), width)

    @strawberry.field(
        description="Where it is to be read and printed, by whoever has the link; with `.pdf` or `.txt` behind it, as"
        " a PDF or as text. `https://cafe.example/receipts/Wm3uQz…`."
    )
    def url(self, info: Info) -> str:
        return f"{info.context.site}{PATH}{self.source.token}"

    @classmethod
    def of(cls, receipt: receipts.Receipt) -> "Receipt":
        return cls(number=receipt.number, kind=receipt.kind, issued_at=receipt.issued_at, source=receipt)
