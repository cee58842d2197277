"""The page of the sandbox and the door for the providers' callbacks."""

import logging
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    UnreadablePostError,
)
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from payments import money, sandbox_processor, services
from payments.models import Payment, SandboxTransaction
from payments.sandbox_decisions import sandbox_payment

logger = logging.getLogger(__name__)

MAX_BODY = 64 * 1024


class SeeOther(HttpResponseRedirect):
    status_code = 303


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sandbox(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Item, amount and two buttons; after the decision, the decision."""
    payment = _payment_or_404(payment_id)
    if request.method != "POST":
        return _sandbox_page(request, payment)
    outcome = request.POST.get("outcome", "")
    if outcome not in SandboxTransaction.Outcome.values:
        return _sandbox_page(request, payment, status=400)
    try:
        services.decide_in_sandbox(payment.pk, outcome=outcome, now=timezone.now())
    except services.AlreadyDecided:
        return _sandbox_page(request, payment, status=409)
    return SeeOther(payment.return_url)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """What is to be paid, and a button that leads to the provider's page.

    The provider is asked when the button is pressed: showing a page changes nothing.
    """
    payment = services.payment(payment_id)
    if payment is None:
        raise Http404
    if payment.status != Payment.Status.INITIATED:
        return SeeOther(payment.return_url)
    if request.method != "POST":
        return _start_page(request, payment)
    try:
        begun = services.begin_payment(payment_id)
    except services.NotWanted:
        # A page from before; the order's own page says what has become of it.
        return SeeOther(payment.return_url)
    except services.ProviderUnavailable:
        return _start_page(request, payment, problem="unavailable", status=503)
    except services.StartRefused:
        return _start_page(request, payment, problem="refused", status=409)
    return SeeOther(begun.redirect_url)


def _start_page(
    request: HttpRequest, payment: Payment, *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "payment": payment,
        "amount": money.formatted(payment.amount, payment.currency),
        "provider": services.label_of(payment.provider),
        "problem": problem,
    }
    return render(request, "payments/start.html", context, status=status)


@csrf_exempt
@require_POST
def callback(request: HttpRequest, provider: str) -> JsonResponse:
    """Authenticated by its signature. 2xx: we know it now. 400: it cannot be right."""
    try:
        verdict = services.receive_callback(
            provider, body=_body(request), headers=request.headers, now=timezone.now()
        )
    except (RequestDataTooBig, UnreadablePostError):
        return _refused(413, "body-too-large")
    except services.UnknownProvider as unknown:
        return _refused(404, unknown.code)
    except services.CallbackDisagrees as noted:
        # Kept for people to look at: hearing it again would not help.
        return JsonResponse({"result": "refused", "code": noted.code})
    except services.CallbackRefused as refused:
        return _refused(400, refused.code)
    except (OperationalError, services.ProviderUnavailable):
        # A lock that did not come free in time, or nobody there to ask whose payment it
        # is: the provider will deliver again.
        logger.exception("A callback of %s could not be applied", provider)
        return _refused(503, "try-again")
    return JsonResponse({"result": verdict})


def _body(request: HttpRequest) -> bytes:
    body = request.body
    if len(body) > MAX_BODY:
        raise RequestDataTooBig
    return body


def _payment_or_404(payment_id: UUID) -> Payment:
    try:
        return sandbox_payment(payment_id)
    except (services.SandboxDisabled, services.PaymentNotFound) as missing:
        raise Http404 from missing


def _sandbox_page(
    request: HttpRequest, payment: Payment, *, status: int = 200
) -> HttpResponse:
    decided = sandbox_processor.decision(payment.pk)
    context = {
        "payment": payment,
        "amount": money.formatted(payment.amount, payment.currency),
        "decided": decided,
        "is_second_decision": status == 409,
    }
    return render(request, "payments/sandbox.html", context, status=status)


def _refused(status: int, code: str) -> JsonResponse:
    return JsonResponse(
        {"code": code, "status": status, "title": "The callback was not accepted."},
        status=status,
        content_type="application/problem+json",
    )
