data "stripe_entities" "new_customers" {
  entity    = "Customer"
  filter    = "Email LIKE '%@example.com' AND Created >= '2026-01-01'"
  sort_by   = "Created"
  page_size = 100
}

output "names" {
  value = [for customer in data.stripe_entities.new_customers.records : customer["name"]]
}
