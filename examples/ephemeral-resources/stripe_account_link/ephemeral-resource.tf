ephemeral "stripe_account_link" "example" {
  account     = stripe_account.example.id
  type        = "account_onboarding"
  refresh_url = "https://example.com/again"
  return_url  = "https://example.com/done"
}
