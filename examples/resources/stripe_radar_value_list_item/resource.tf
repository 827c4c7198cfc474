resource "stripe_radar_value_list_item" "example" {
  value      = "aexample"
  value_list = stripe_radar_value_list.example.id
}
