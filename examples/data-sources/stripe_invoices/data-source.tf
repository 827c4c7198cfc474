data "stripe_invoices" "example" {
}
