data "stripe_entity_types" "all" {}

output "can_be_deleted" {
  value = [for type in data.stripe_entity_types.all.types : type.name if contains(type.operations, "DELETE")]
}
