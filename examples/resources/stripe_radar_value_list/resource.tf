resource "stripe_radar_value_list" "example" {
  alias = "list_example"
  name  = "List"
}
