data "stripe_radar_early_fraud_warnings" "example" {
}
