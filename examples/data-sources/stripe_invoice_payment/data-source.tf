data "stripe_invoice_payment" "example" {
  id = "inpay_123"
}
