data "stripe_invoice_items" "example" {
}
