resource "stripe_payment_method_domain" "example" {
  domain_name = "example"
}
