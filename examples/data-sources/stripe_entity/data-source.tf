resource "stripe_entity" "customer" {
  entity        = "Customer"
  input_payload = { Name = "Ada", Email = "ada@example.com" }
}

data "stripe_entity" "customer" {
  entity    = "Customer"
  entity_id = stripe_entity.customer.id
}

output "email" {
  value = data.stripe_entity.customer.record["email"]
}
