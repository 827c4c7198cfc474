data "stripe_radar_value_list_item" "example" {
  id = stripe_radar_value_list_item.example.id
}
