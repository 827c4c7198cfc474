"""Billing with Stripe's own SDK for Python, unmodified, against the sandbox whose address is the argument."""

import http.server
import queue
import sys
import threading
import time

import stripe

stripe.api_key = "sk_test_billing"
stripe.api_base = sys.argv[1]
stripe.max_network_retries = 0

DAY = 24 * 60 * 60


def refused(kind, code, call):
    try:
        call()
    except kind as error:
        assert error.code == code, f"{error.code} is not {code}: {error}"
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def payer(card="pm_card_visa", **more):
    customer = stripe.Customer.create(name="Ada", **more)
    pays_with(customer, card)
    return customer


def pays_with(customer, card):
    method = stripe.PaymentMethod.attach(card, customer=customer.id)
    stripe.Customer.modify(customer.id, invoice_settings={"default_payment_method": method.id})


def monthly(amount, **recurring):
    product = stripe.Product.create(name="Plan")
    return stripe.Price.create(
        product=product.id, currency="usd", unit_amount=amount, recurring={"interval": "month", **recurring}
    )


def subscriptions():
    customer, price, dear = payer(), monthly(1000), monthly(3000)
    made = stripe.Subscription.create(
        customer=customer.id, items=[{"price": price.id, "quantity": 2}], expand=["latest_invoice.payments"]
    )
    assert isinstance(made, stripe.Subscription) and made.status == "active"
    item = made["items"].data[0]
    assert isinstance(item, stripe.SubscriptionItem) and item.current_period_end > item.current_period_start
    invoice = made.latest_invoice
    assert isinstance(invoice, stripe.Invoice) and invoice.status == "paid" and invoice.amount_paid == 2000
    assert invoice.parent.subscription_details.subscription == made.id
    payment = invoice.payments.data[0]
    assert stripe.PaymentIntent.retrieve(payment.payment.payment_intent).status == "succeeded"
    changed = stripe.Subscription.modify(
        made.id, items=[{"id": item.id, "price": dear.id}], proration_behavior="create_prorations"
    )
    assert changed["items"].data[0].price.id == dear.id
    assert sorted(one.amount for one in stripe.InvoiceItem.list(pending=True).data) == [-2000, 6000]
    preview = stripe.Invoice.create_preview(subscription=made.id)
    assert preview.total == 6000 + 4000, preview.total
    added = stripe.SubscriptionItem.create(subscription=made.id, price=price.id, proration_behavior="none")
    assert [one.id for one in stripe.SubscriptionItem.list(subscription=made.id).auto_paging_iter()] == [item.id, added.id]
    assert added.delete(proration_behavior="none").deleted
    refused(stripe.InvalidRequestError, None, lambda: stripe.SubscriptionItem.delete(item.id))
    assert stripe.Subscription.modify(made.id, cancel_at_period_end=True).cancel_at == item.current_period_end
    assert stripe.Subscription.cancel(made.id).status == "canceled"
    refused(stripe.InvalidRequestError, "resource_missing", lambda: stripe.Subscription.cancel(made.id))
    assert stripe.Subscription.list(customer=customer.id).data == []
    assert len(stripe.Subscription.list(customer=customer.id, status="all").data) == 1


def failures():
    customer, price = payer("pm_card_chargeCustomerFail"), monthly(1000)
    make = lambda **more: stripe.Subscription.create(customer=customer.id, items=[{"price": price.id}], **more)
    refused(stripe.CardError, "card_declined", lambda: make(payment_behavior="error_if_incomplete"))
    made = make()
    assert made.status == "incomplete"
    pays_with(customer, "pm_card_visa")
    assert stripe.Invoice.pay(made.latest_invoice).status == "paid"
    assert stripe.Subscription.retrieve(made.id).status == "active"


def time_goes_on():
    clock = stripe.test_helpers.TestClock.create(frozen_time=1767225600, name="billing")
    customer, price, dear = payer(test_clock=clock.id), monthly(1000), monthly(2000)
    made = stripe.Subscription.create(customer=customer.id, items=[{"price": price.id}], trial_period_days=7)
    assert made.status == "trialing" and made.trial_end == 1767225600 + 7 * DAY
    clock = stripe.test_helpers.TestClock.advance(clock.id, frozen_time=made.trial_end + DAY)
    assert clock.status == "advancing"
    clock = stripe.test_helpers.TestClock.retrieve(clock.id)
    assert clock.status == "ready" and stripe.Subscription.retrieve(made.id).status == "active"
    schedule = stripe.SubscriptionSchedule.create(from_subscription=made.id)
    phase = schedule.phases[0]
    stripe.SubscriptionSchedule.modify(
        schedule.id,
        end_behavior="release",
        phases=[
            {"items": [{"price": price.id}], "start_date": phase.start_date, "end_date": phase.end_date},
            {"items": [{"price": dear.id}], "duration": {"interval": "month"}, "proration_behavior": "none"},
        ],
    )
    stripe.test_helpers.TestClock.advance(clock.id, frozen_time=phase.end_date + 2 * DAY)
    owned = stripe.Subscription.retrieve(made.id)
    assert owned["items"].data[0].price.id == dear.id and owned.schedule == schedule.id
    assert stripe.Invoice.retrieve(owned.latest_invoice).status == "paid"
    assert stripe.SubscriptionSchedule.release(schedule.id).status == "released"


def discounts():
    customer, price = payer(), monthly(1000)
    coupon = stripe.Coupon.create(percent_off=20, duration="repeating", duration_in_months=3)
    code = stripe.PromotionCode.create(
        promotion={"type": "coupon", "coupon": coupon.id}, code="BEANS20", max_redemptions=1
    )
    again = lambda: stripe.PromotionCode.create(promotion={"type": "coupon", "coupon": coupon.id}, code="beans20")
    refused(stripe.InvalidRequestError, None, again)
    made = stripe.Subscription.create(
        customer=customer.id, items=[{"price": price.id}], discounts=[{"promotion_code": code.id}],
        expand=["latest_invoice", "discounts"],
    )
    assert made.latest_invoice.total == 800 and made.discounts[0].promotion_code == code.id
    assert stripe.Coupon.retrieve(coupon.id).times_redeemed == 1
    assert stripe.PromotionCode.retrieve(code.id).active is False
    assert stripe.Subscription.delete_discount(made.id).deleted
    assert coupon.delete().deleted


def credit():
    customer = payer()
    stripe.InvoiceItem.create(customer=customer.id, amount=1000, currency="usd")
    invoice = stripe.Invoice.create(customer=customer.id, pending_invoice_items_behavior="include")
    invoice = stripe.Invoice.finalize_invoice(invoice.id)
    stripe.CreditNote.create(invoice=invoice.id, amount=400)
    assert stripe.Invoice.pay(invoice.id).amount_paid == 600
    note = stripe.CreditNote.create(invoice=invoice.id, amount=100, credit_amount=60, refund_amount=40)
    assert note.type == "post_payment" and stripe.Refund.retrieve(note.refunds[0].refund).amount == 40
    assert stripe.Customer.retrieve(customer.id).balance == -60
    entries = stripe.Customer.list_balance_transactions(customer.id)
    assert entries.data[0].type == "credit_note" and entries.data[0].credit_note == note.id
    refused(stripe.InvalidRequestError, None, lambda: stripe.CreditNote.void_credit_note(note.id))


def usage():
    customer = payer()
    meter = stripe.billing.Meter.create(
        display_name="Calls", event_name="calls", default_aggregation={"formula": "sum"}
    )
    for value in ["3", "4"]:
        stripe.billing.MeterEvent.create(
            event_name="calls", payload={"stripe_customer_id": customer.id, "value": value}
        )
    now = int(time.time()) // 60 * 60
    found = stripe.billing.Meter.list_event_summaries(
        meter.id, customer=customer.id, start_time=now - 3600, end_time=now + 3600
    )
    assert found.data[0].aggregated_value == 7
    feature = stripe.entitlements.Feature.create(name="Calls", lookup_key="calls")
    price = monthly(1000)
    stripe.Product.create_feature(price.product, entitlement_feature=feature.id)
    stripe.Subscription.create(customer=customer.id, items=[{"price": price.id}])
    entitled = stripe.entitlements.ActiveEntitlement.list(customer=customer.id)
    assert [one.lookup_key for one in entitled.data] == ["calls"]


def checkout():
    price = monthly(1000)
    session = stripe.checkout.Session.create(
        mode="subscription", success_url="https://example.com", line_items=[{"price": price.id, "quantity": 1}]
    )
    assert session.url.startswith("https://checkout.stripe.com/") and session.amount_total == 1000
    assert stripe.checkout.Session.list_line_items(session.id).data[0].price.id == price.id
    assert stripe.checkout.Session.expire(session.id).status == "expired"
    link = stripe.PaymentLink.create(line_items=[{"price": price.id, "quantity": 1}])
    assert stripe.PaymentLink.modify(link.id, active=False).active is False
    intent = stripe.SetupIntent.create(
        allowed_payment_method_types=["card"], payment_method="pm_card_visa", confirm=True
    )
    assert intent.status == "succeeded"


class Receiver(http.server.BaseHTTPRequestHandler):
    received = queue.Queue()

    def do_POST(self):
        content = self.rfile.read(int(self.headers["content-length"]))
        self.received.put((content, self.headers["stripe-signature"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def webhooks():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/hook"
    endpoint = stripe.WebhookEndpoint.create(url=url, enabled_events=["customer.created", "invoice.paid"])
    assert "secret" not in stripe.WebhookEndpoint.retrieve(endpoint.id)
    customer = stripe.Customer.create(name="Heard", metadata={"a": "b"})
    content, signature = Receiver.received.get(timeout=20)
    event = stripe.Webhook.construct_event(content, signature, endpoint.secret)
    assert isinstance(event, stripe.Event) and event.type == "customer.created"
    assert event.data.object.id == customer.id and event.data.object.metadata["a"] == "b"
    assert stripe.Event.retrieve(event.id).data.object.name == "Heard"
    wrong = lambda: stripe.Webhook.construct_event(content, signature, "whsec_other")
    try:
        wrong()
        raise AssertionError("another secret signs the same")
    except stripe.SignatureVerificationError:
        pass
    refused(
        stripe.InvalidRequestError, None,
        lambda: stripe.WebhookEndpoint.create(url=url, enabled_events=["customer.nope"]),
    )
    stripe.WebhookEndpoint.modify(endpoint.id, disabled=True)
    stripe.Customer.create(name="Unheard")
    assert endpoint.delete().deleted
    server.shutdown()


for part in [subscriptions, failures, time_goes_on, discounts, credit, usage, checkout, webhooks]:
    part()
    print(part.__name__, "ok")
