action "stripe_unreject_account" "example" {
  config {
    account = stripe_account.example.id
  }
}
