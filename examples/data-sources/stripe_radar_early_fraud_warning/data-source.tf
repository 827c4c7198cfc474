data "stripe_radar_early_fraud_warning" "example" {
  id = "issfr_123"
}
