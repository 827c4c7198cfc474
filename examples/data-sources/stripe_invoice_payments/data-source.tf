data "stripe_invoice_payments" "example" {
}
