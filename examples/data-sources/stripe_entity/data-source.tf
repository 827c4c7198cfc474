data "stripe_entity" "customer" {
  entity    = "Customer"
  entity_id = "cus_NffrFeUfNV2Hib"
}

output "email" {
  value = data.stripe_entity.customer.record["email"]
}
