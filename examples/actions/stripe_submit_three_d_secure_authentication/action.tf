action "stripe_submit_three_d_secure_authentication" "example" {
  config {
    three_d_secure_authentication = "tds_123"
  }
}
