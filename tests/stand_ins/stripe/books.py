"""Checkout sessions, the payments made through them, and their money."""

from typing import Any

from tests.stand_ins.stripe import amounts, forms
from tests.stand_ins.stripe.errors import ApiError
from tests.stand_ins.stripe.ledger import Object
from tests.stand_ins.stripe.money_back import MoneyBack

SHORTEST, LONGEST = 30 * 60, 24 * 60 * 60
# Addresses of the real pages are long.
LONG_TAIL = "fidkdWxOYHwnPyd1blpxYHZxWjA0" * 30
FEE_PERCENT, FEE_FIXED = 29, 30  # tenths of a percent, and hundredths


class Books(MoneyBack):
    """What the payer does is a method here; so is what the merchant asks for."""

    pages = ""  # where the hosted pages are

    def create_session(self, tree: dict[str, Any]) -> Object:
        forms.only(
            tree,
            *("mode", "line_items", "client_reference_id", "metadata", "locale"),
            *("payment_intent_data", "success_url", "cancel_url", "expires_at"),
            *("customer_email", "payment_method_types", "adaptive_pricing"),
            *("submit_type", "expand"),
        )
        if forms.required(tree, "mode") != "payment":
            raise ApiError("This stand-in knows the mode payment only.", param="mode")
        currency, total = _total(tree)
        intended = tree.get("payment_intent_data") or {}
        forms.only(intended, "metadata", "description", "capture_method")
        expires_at = forms.integer(
            "expires_at", tree.get("expires_at", self.now + LONGEST)
        )
        if not self.now + SHORTEST <= expires_at <= self.now + LONGEST:
            raise ApiError(
                "The `expires_at` timestamp must be between 30 minutes and 24 hours"
                " after Checkout Session creation.",
                param="expires_at",
            )
        with self.lock:
            session = self.add(
                "cs_",
                "checkout.session",
                amount_subtotal=total,
                amount_total=total,
                cancel_url=tree.get("cancel_url"),
                client_reference_id=tree.get("client_reference_id"),
                currency=currency,
                customer_email=tree.get("customer_email"),
                expires_at=expires_at,
                metadata=forms.metadata_of(tree),
                mode="payment",
                payment_intent=None,
                payment_intent_metadata=forms.metadata_of(intended),
                payment_status="unpaid",
                status="open",
                success_url=forms.required(tree, "success_url"),
            )
            session["url"] = f"{self.pages}/pay/{session['id']}?page={LONG_TAIL}"
            return session

    def session(self, name: str) -> Object:
        """As it is now: one whose time is over has expired by itself."""
        with self.lock:
            found = self.get("checkout.session", name)
            if found["status"] == "open" and found["expires_at"] <= self.now:
                self._expire(found)
            return found

    def expire(self, name: str) -> Object:
        with self.lock:
            found = self.session(name)
            if found["status"] != "open":
                raise ApiError(
                    'Only Checkout Sessions with a status in ["open"] can be expired.'
                    f" This Checkout Session has a status of {found['status']}."
                )
            self._expire(found)
            return found

    def _expire(self, session: Object) -> None:
        session |= {"status": "expired", "url": None}
        self.tell("checkout.session.expired", session)

    # What the payer does on the hosted page

    def begin(self, name: str) -> Object:
        """The first attempt makes the payment intent."""
        with self.lock:
            session = self.session(name)
            if session["payment_intent"]:
                return self.get("payment_intent", session["payment_intent"])
            intent = self.add(
                "pi_",
                "payment_intent",
                amount=session["amount_total"],
                amount_capturable=0,
                amount_received=0,
                capture_method="automatic_async",
                currency=session["currency"],
                last_payment_error=None,
                latest_charge=None,
                metadata=dict(session["payment_intent_metadata"]),
                status="requires_payment_method",
            )
            session["payment_intent"] = intent["id"]
            self.tell("payment_intent.created", intent)
            return intent

    def authorise(self, name: str) -> Object:
        with self.lock:
            intent = self.begin(name)
            charge = self._charge(intent, paid=True, captured=False)
            intent |= {
                "status": "requires_capture",
                "amount_capturable": intent["amount"],
                "latest_charge": charge["id"],
            }
            self.tell("payment_intent.amount_capturable_updated", intent)
            return intent

    def decline(self, name: str, *, code: str = "card_declined") -> Object:
        with self.lock:
            intent = self.begin(name)
            charge = self._charge(intent, paid=False, captured=False)
            charge |= {
                "failure_code": code,
                "failure_message": "Your card was declined.",
            }
            intent |= {
                "status": "requires_payment_method",
                "latest_charge": charge["id"],
                "last_payment_error": {
                    "charge": charge["id"],
                    "code": code,
                    "message": "Your card was declined.",
                    "type": "card_error",
                },
            }
            self.tell("charge.failed", charge)
            self.tell("payment_intent.payment_failed", intent)
            return intent

    def pay(self, name: str, *, amount: int = 0, currency: str = "") -> Object:
        """Pays the session; another amount or currency is what should never happen."""
        with self.lock:
            session = self.session(name)
            if session["status"] != "open":
                raise ApiError(f"This Checkout Session is {session['status']}.")
            session |= {"status": "complete", "url": None}
            intent = self._take_money(session, amount=amount, currency=currency)
            self.tell("checkout.session.completed", session)
            return intent

    def pay_later(self, name: str) -> Object:
        """As a debit from a bank account: the payer is done, the money on its way."""
        with self.lock:
            intent = self.begin(name)
            intent["status"] = "processing"
            session = self.session(name)
            session |= {"status": "complete", "url": None}
            self.tell("payment_intent.processing", intent)
            self.tell("checkout.session.completed", session)
            return intent

    def money_came(self, name: str) -> Object:
        with self.lock:
            session = self.session(name)
            intent = self._take_money(session)
            self.tell("checkout.session.async_payment_succeeded", session)
            return intent

    def money_did_not_come(self, name: str) -> Object:
        with self.lock:
            intent = self.decline(name, code="insufficient_funds")
            self.tell("checkout.session.async_payment_failed", self.session(name))
            return intent

    def _take_money(
        self, session: Object, *, amount: int = 0, currency: str = ""
    ) -> Object:
        intent = self.begin(session["id"])
        intent["amount"] = session["amount_total"] = amount or intent["amount"]
        intent["currency"] = session["currency"] = currency or intent["currency"]
        charge = self._captured(intent)
        intent |= {
            "status": "succeeded",
            "amount_capturable": 0,
            "amount_received": intent["amount"],
            "last_payment_error": None,
            "latest_charge": charge["id"],
        }
        session["payment_status"] = "paid"
        self.tell("charge.succeeded", charge)
        self.tell("payment_intent.succeeded", intent)
        charge["balance_transaction"] = self._fee(charge)["id"]
        self.tell("charge.updated", charge)
        return intent

    def _captured(self, intent: Object) -> Object:
        """The charge that was authorised before, or a new one."""
        if intent["status"] != "requires_capture":
            return self._charge(intent, paid=True, captured=True)
        charge = self.get("charge", intent["latest_charge"])
        charge |= {"captured": True, "amount_captured": intent["amount"]}
        return charge

    def _charge(self, intent: Object, *, paid: bool, captured: bool) -> Object:
        return self.add(
            "ch_",
            "charge",
            amount=intent["amount"],
            amount_captured=intent["amount"] if captured else 0,
            amount_refunded=0,
            balance_transaction=None,
            captured=captured,
            currency=intent["currency"],
            disputed=False,
            failure_code=None,
            failure_message=None,
            metadata=dict(intent["metadata"]),
            paid=paid,
            payment_intent=intent["id"],
            refunded=False,
            status="succeeded" if paid else "failed",
        )

    def _fee(self, charge: Object) -> Object:
        """In the currency of the merchant's account, which may be another one."""
        unit = 10 if charge["currency"] in amounts.THREE_DECIMALS else 1
        fee = charge["amount"] * FEE_PERCENT // 1000 // unit * unit + FEE_FIXED * unit
        return self.add(
            "txn_",
            "balance_transaction",
            amount=charge["amount"],
            currency=self.settled_in or charge["currency"],
            exchange_rate=None if not self.settled_in else 1.1,
            fee=fee,
            net=charge["amount"] - fee,
            source=charge["id"],
            type="charge",
        )


def _total(tree: dict[str, Any]) -> tuple[str, int]:
    items = forms.values_of(forms.required(tree, "line_items"))
    total, currencies = 0, set()
    for number, item in enumerate(items):
        name = f"line_items[{number}][price_data][unit_amount]"
        forms.only(item, "price_data", "quantity")
        priced = forms.required(item, "price_data")
        forms.only(priced, "currency", "unit_amount", "product_data")
        forms.required(item, "price_data", "product_data", "name")
        amount = forms.integer(name, forms.required(item, "price_data", "unit_amount"))
        currency = forms.required(item, "price_data", "currency")
        amounts.check(amount, currency, param=name)
        total += amount * forms.integer("quantity", forms.required(item, "quantity"))
        currencies.add(currency)
    if len(currencies) != 1:
        raise ApiError("All items of a Checkout Session have one currency.")
    (currency,) = currencies
    amounts.check_minimum(total, currency)
    return currency, total
