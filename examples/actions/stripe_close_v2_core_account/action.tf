action "stripe_close_v2_core_account" "example" {
  config {
    v2_core_account = stripe_v2_core_account.example.id
  }
}
