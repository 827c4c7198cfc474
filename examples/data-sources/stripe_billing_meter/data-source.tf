data "stripe_billing_meter" "example" {
  id = stripe_billing_meter.example.id
}
