resource "stripe_product" "example" {
  name        = "Gold"
  description = "Everything, for teams."
  metadata    = { team = "web" }

  marketing_features { name = "Unlimited projects" }
  marketing_features { name = "Support within a day" }
}
