action "stripe_reject_account" "example" {
  config {
    account = stripe_account.example.id
    reason  = "terms_of_service"
  }
}
