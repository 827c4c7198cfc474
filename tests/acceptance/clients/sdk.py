"""Stripe's own SDK for Python, unmodified, against the sandbox whose address is the argument."""

import sys

import stripe

stripe.api_key = "sk_test_sdk"
stripe.api_base = sys.argv[1]
stripe.max_network_retries = 0


def refused(kind, code, call):
    try:
        call()
    except kind as error:
        assert error.code == code, f"{error.code} is not {code}: {error}"
        assert error.request_id, "an error carries a request id"
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def customers():
    made = stripe.Customer.create(name="Ada", email="ada@example.com", metadata={"team": "a"})
    assert made.id.startswith("cus_") and made.object == "customer" and made.livemode is False
    read = stripe.Customer.retrieve(made.id)
    assert isinstance(read, stripe.Customer) and read.email == "ada@example.com"
    changed = stripe.Customer.modify(made.id, name="Ada L.", metadata={"team": "", "role": "x"})
    assert changed.name == "Ada L." and changed.metadata.to_dict() == {"role": "x"}
    for number in range(12):
        stripe.Customer.create(name=f"number {number}")
    names = [one.name for one in stripe.Customer.list(limit=5).auto_paging_iter()]
    assert len(names) == 13 and names[0] == "number 11" and names[-1] == "Ada L.", names
    found = stripe.Customer.list(email="ada@example.com")
    assert [one.id for one in found.data] == [made.id]
    assert made.delete().deleted is True
    assert stripe.Customer.retrieve(made.id).deleted is True
    refused(stripe.InvalidRequestError, "resource_missing", lambda: stripe.Customer.retrieve("cus_none"))


def catalogue():
    product = stripe.Product.create(name="Beans")
    price = stripe.Price.create(product=product.id, currency="usd", unit_amount=1200, lookup_key="beans")
    assert price.type == "one_time" and str(price.unit_amount_decimal) == "1200"
    assert stripe.Price.list(lookup_keys=["beans"]).data[0].id == price.id
    expanded = stripe.Price.retrieve(price.id, expand=["product"])
    assert expanded.product.name == "Beans"
    refused(stripe.InvalidRequestError, None, lambda: product.delete())
    assert stripe.Price.modify(price.id, active=False).active is False
    return product


def payments():
    customer = stripe.Customer.create(name="Grace")
    method = stripe.PaymentMethod.create(type="card", card={"token": "tok_visa"})
    assert stripe.PaymentMethod.attach(method.id, customer=customer.id).customer == customer.id
    intent = stripe.PaymentIntent.create(
        amount=2000, currency="usd", customer=customer.id, payment_method=method.id, capture_method="manual",
        allowed_payment_method_types=["card"], confirm=True,
    )
    assert intent.status == "requires_capture" and intent.amount_capturable == 2000
    captured = stripe.PaymentIntent.capture(intent.id, amount_to_capture=1500)
    assert captured.status == "succeeded" and captured.amount_received == 1500
    charge = stripe.Charge.retrieve(captured.latest_charge)
    assert charge.paid and charge.amount_captured == 1500
    refund = stripe.Refund.create(payment_intent=intent.id, amount=500)
    assert refund.status == "succeeded"
    refused(stripe.InvalidRequestError, None, lambda: stripe.Refund.create(payment_intent=intent.id, amount=5000))
    declined = lambda: stripe.PaymentIntent.create(
        amount=2000, currency="usd", payment_method="pm_card_chargeDeclinedInsufficientFunds",
        allowed_payment_method_types=["card"], confirm=True,
    )
    error = refused(stripe.CardError, "card_declined", declined)
    assert error.error.decline_code == "insufficient_funds"
    waits = stripe.PaymentIntent.create(amount=900, currency="eur")
    assert stripe.PaymentIntent.cancel(waits.id).status == "canceled"
    assert stripe.PaymentMethod.detach(method.id).customer is None


def invoices():
    customer = stripe.Customer.create(name="Edsger", email="e@example.com")
    stripe.InvoiceItem.create(customer=customer.id, amount=700, currency="usd", description="work")
    invoice = stripe.Invoice.create(
        customer=customer.id, collection_method="send_invoice", days_until_due=7,
        pending_invoice_items_behavior="include",
    )
    assert invoice.status == "draft" and invoice.total == 700 and invoice.lines.data[0].description == "work"
    invoice = stripe.Invoice.finalize_invoice(invoice.id)
    assert invoice.status == "open" and invoice.number.endswith("-0001")
    assert stripe.Invoice.pay(invoice.id, payment_method="pm_card_visa").status == "paid"
    other = stripe.Invoice.create(customer=customer.id)
    assert other.delete().deleted is True


def quotes():
    customer = stripe.Customer.create(name="Barbara")
    product = stripe.Product.create(name="Tea")
    price = stripe.Price.create(product=product.id, currency="usd", unit_amount=300)
    quote = stripe.Quote.create(customer=customer.id, line_items=[{"price": price.id, "quantity": 3}])
    assert quote.status == "draft" and quote.amount_total == 900
    assert stripe.Quote.finalize_quote(quote.id).status == "open"
    accepted = stripe.Quote.accept(quote.id)
    assert accepted.status == "accepted"
    assert stripe.Invoice.retrieve(accepted.invoice).total == 900


def requests():
    same = dict(name="Once", idempotency_key="key-1")
    assert stripe.Customer.create(**same).id == stripe.Customer.create(**same).id
    other = lambda: stripe.Customer.create(name="Twice", idempotency_key="key-1")
    refused(stripe.IdempotencyError, None, other)
    refused(stripe.InvalidRequestError, "parameter_unknown", lambda: stripe.Customer.create(nmae="x"))
    refused(stripe.InvalidRequestError, "parameter_missing", lambda: stripe.PaymentIntent.create(currency="usd"))
    wrong = lambda: stripe.Customer.create(api_key="wrong")
    refused(stripe.AuthenticationError, None, wrong)
    assert stripe.Account.retrieve().object == "account"
    account = stripe.Account.create(type="custom").id
    elsewhere = stripe.Customer.create(name="Connected", stripe_account=account)
    refused(stripe.InvalidRequestError, "resource_missing", lambda: stripe.Customer.retrieve(elsewhere.id))
    assert stripe.Customer.retrieve(elsewhere.id, stripe_context=account).name == "Connected"
    foreign = lambda: stripe.Customer.create(name="Foreign", stripe_account="acct_other")
    assert refused(stripe.PermissionError, None, foreign).error.code == "account_invalid"


for part in [customers, catalogue, payments, invoices, quotes, requests]:
    part()
    print(part.__name__, "ok")
