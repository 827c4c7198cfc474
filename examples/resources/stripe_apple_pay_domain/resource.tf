resource "stripe_apple_pay_domain" "example" {
  domain_name = "example"
}
