ephemeral "stripe_login_link" "example" {
  account = stripe_account.example.id
}
