data "stripe_actions" "all" {}

output "actions" {
  value = { for action in data.stripe_actions.all.actions : action.name => [for input in action.input_parameters : input.name if !input.nullable] }
}
