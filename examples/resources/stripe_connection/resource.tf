resource "stripe_connection" "shop" {
  name        = "web-shop"
  location    = "us-central1"
  description = "Payments of the web shop"
  labels      = { team = "payments" }

  node_config {
    min_node_count = 2
    max_node_count = 10
  }

  auth_config {
    api_key_env = "SHOP_STRIPE_KEY"
  }
}
