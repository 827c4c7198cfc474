data "stripe_customers" "example" {
  filter = "Email = 'ada@example.com' AND Created >= '2024-01-01'"
}
