"""Refunds, which the merchant asks for, and disputes, which nobody asks for."""

from typing import Any

from tests.stand_ins.stripe import amounts, forms
from tests.stand_ins.stripe.errors import ApiError, missing_parameter
from tests.stand_ins.stripe.ledger import Ledger, Object

GONE = ("succeeded", "pending", "requires_action")


class MoneyBack(Ledger):
    refunds_stay_pending = False
    dispute_fee = 1500
    returns_dispute_fees = True  # as in some countries
    settled_in = ""

    def refund(self, tree: dict[str, Any]) -> Object:
        forms.only(
            tree, "payment_intent", "charge", "amount", "reason", "metadata", "expand"
        )
        metadata = forms.metadata_of(tree)
        with self.lock:
            charge = self._charge_to_refund(tree)
            amount = self._amount_to_refund(tree, charge)
            made = self.add(
                "re_",
                "refund",
                amount=amount,
                charge=charge["id"],
                currency=charge["currency"],
                failure_reason=None,
                metadata=metadata,
                payment_intent=charge["payment_intent"],
                reason=tree.get("reason"),
                status="pending" if self.refunds_stay_pending else "succeeded",
            )
            self._count(charge)
            self.tell("refund.created", made)
            self.tell("charge.refunded", charge)
            return made

    def finish_refund(self, name: str) -> Object:
        return self._end_refund(name, "succeeded", "refund.updated")

    def fail_refund(self, name: str, *, reason: str = "lost_or_stolen_card") -> Object:
        """The money comes back to the merchant."""
        with self.lock:
            self.get("refund", name)["failure_reason"] = reason
            return self._end_refund(name, "failed", "refund.updated", "refund.failed")

    def _end_refund(self, name: str, status: str, *told: str) -> Object:
        with self.lock:
            found = self.get("refund", name)
            found["status"] = status
            self._count(self.get("charge", found["charge"]))
            for kind in told:
                self.tell(kind, found)
            return found

    def dispute(
        self,
        intent: str,
        *,
        amount: int = 0,
        reason: str = "fraudulent",
        inquiry: bool = False,
    ) -> Object:
        """The payer's bank takes the money; with an inquiry it only asks so far."""
        with self.lock:
            charge = self._paid_charge(intent)
            made = self.add(
                "du_",
                "dispute",
                amount=amount or charge["amount"],
                balance_transactions=[],
                charge=charge["id"],
                currency=charge["currency"],
                is_charge_refundable=inquiry,
                metadata={},
                payment_intent=intent,
                reason=reason,
                status="warning_needs_response" if inquiry else "needs_response",
            )
            charge["disputed"] = True
            self.tell("charge.dispute.created", made)
            if not inquiry:
                self._withdraw(made)
            return made

    def escalate(self, name: str) -> Object:
        """An inquiry that becomes a chargeback."""
        with self.lock:
            found = self.get("dispute", name)
            found |= {"status": "needs_response", "is_charge_refundable": False}
            self.tell("charge.dispute.updated", found)
            self._withdraw(found)
            return found

    def close_dispute(self, name: str, *, status: str) -> Object:
        with self.lock:
            found = self.get("dispute", name)
            found["status"] = status
            self.tell("charge.dispute.closed", found)
            if status == "won":
                fee = -self.dispute_fee if self.returns_dispute_fees else 0
                self._book(found, found["amount"], fee=fee)
                self.tell("charge.dispute.funds_reinstated", found)
            return found

    def _withdraw(self, dispute: Object) -> None:
        self._book(dispute, -dispute["amount"], fee=self.dispute_fee)
        self.tell("charge.dispute.funds_withdrawn", dispute)

    def _book(self, dispute: Object, amount: int, *, fee: int) -> None:
        """The dispute shows its bookings whole, and not by their names."""
        booked = self.add(
            "txn_",
            "balance_transaction",
            amount=amount,
            currency=self.settled_in or dispute["currency"],
            exchange_rate=None if not self.settled_in else 1.1,
            fee=fee,
            net=amount - fee,
            reporting_category="dispute" if amount < 0 else "dispute_reversal",
            source=dispute["id"],
            type="adjustment",
        )
        dispute["balance_transactions"].append(booked)

    def given_back(self, intent: str) -> int:
        refunds = self.all("refund", payment_intent=intent)
        return sum(one["amount"] for one in refunds if one["status"] in GONE)

    def _paid_charge(self, intent: str) -> Object:
        for charge in self.all("charge", payment_intent=intent, status="succeeded"):
            if charge["captured"]:
                return charge
        raise ApiError(
            f"This PaymentIntent ({intent}) does not have a successful charge to"
            " refund.",
            param="payment_intent",
            is_stored=True,
        )

    def _charge_to_refund(self, tree: dict[str, Any]) -> Object:
        if tree.get("charge"):
            return self.get("charge", tree["charge"], param="charge")
        if not tree.get("payment_intent"):
            raise missing_parameter("payment_intent")
        found = self.get("payment_intent", tree["payment_intent"], param="id")
        return self._paid_charge(found["id"])

    def _amount_to_refund(self, tree: dict[str, Any], charge: Object) -> int:
        left = charge["amount"] - self.given_back(charge["payment_intent"])
        if left <= 0:
            raise ApiError(
                f"Charge {charge['id']} has already been refunded.",
                code="charge_already_refunded",
                is_stored=True,
            )
        left -= self._disputed(charge)
        if left <= 0:
            raise ApiError(
                f"Charge {charge['id']} has been charged back; cannot issue a refund.",
                code="charge_disputed",
                is_stored=True,
            )
        amount = forms.integer("amount", tree.get("amount", left))
        amounts.check(amount, charge["currency"], param="amount")
        if amount > left:
            raise ApiError(
                f"Refund amount ({amount}) is greater than unrefunded amount on charge"
                f" ({left})",
                param="amount",
                is_stored=True,
            )
        return amount

    def _disputed(self, charge: Object) -> int:
        disputes = self.all("dispute", charge=charge["id"])
        return sum(
            one["amount"]
            for one in disputes
            if one["status"] != "won" and not one["status"].startswith("warning")
        )

    def _count(self, charge: Object) -> None:
        given_back = self.given_back(charge["payment_intent"])
        charge["amount_refunded"] = given_back
        charge["refunded"] = given_back == charge["amount"]
